package io.hiberlet.agent.config;

import io.hiberlet.agent.config.AgentConfig.Images;
import io.hiberlet.agent.config.AgentConfig.Verification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads how images are pulled: the keys of {@code modules} that are about registries. */
final class ImagesSection {
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  private static final Pattern REGISTRY =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?");
  private static final Pattern MIRROR =
      Pattern.compile(REGISTRY + "(/[a-z0-9]+([._-]+[a-z0-9]+)*)*");

  private static final Pattern ALLOWED =
      Pattern.compile(REGISTRY + "(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(/\\*)?");

  private static final String ALLOWLISTED = "NeverVerifyAllowlistedImages";
  private static final List<String> POLICIES =
      List.of("NeverVerifyPreloadedImages", "NeverVerify", ALLOWLISTED, "AlwaysVerify");

  private ImagesSection() {}

  /**
   * @param folder that relative paths are relative to
   */
  static Images read(YamlSection modules, Path folder) throws ConfigException {
    List<String> insecure = modules.texts("insecureRegistries");
    registries(modules, "insecureRegistries", insecure);
    return new Images(
        insecure,
        mirrors(modules.section("mirrors")),
        caFiles(modules.section("registryCaFiles"), folder, Set.copyOf(insecure)),
        modules.text("credentialsFile").map(folder::resolve),
        verification(modules),
        modules.bytes("maxImageBytes", 256 * MIB, KIB, 4 * GIB),
        modules.duration(
            "pullTimeout", Duration.ofMinutes(2), Duration.ofSeconds(1), Duration.ofHours(1)));
  }

  private static Map<String, List<String>> mirrors(YamlSection section) throws ConfigException {
    Map<String, List<String>> mirrors = section.allLists();
    for (Map.Entry<String, List<String>> entry : mirrors.entrySet()) {
      registries(section, entry.getKey(), List.of(entry.getKey()));
      for (String mirror : entry.getValue()) {
        if (!MIRROR.matcher(mirror).matches()) {
          throw section.error(
              entry.getKey(), "'%s' is not a mirror: HOST[:PORT][/PREFIX]".formatted(mirror));
        }
      }
    }
    return mirrors;
  }

  private static Map<String, Path> caFiles(YamlSection section, Path folder, Set<String> insecure)
      throws ConfigException {
    Map<String, Path> files = new HashMap<>();
    for (Map.Entry<String, String> entry : section.allTexts().entrySet()) {
      String registry = entry.getKey();
      registries(section, registry, List.of(registry));
      if (insecure.contains(registry)) {
        throw section.error(
            registry, "'%s' is one of insecureRegistries, without TLS".formatted(registry));
      }
      files.put(registry, folder.resolve(entry.getValue()));
    }
    return files;
  }

  private static Verification verification(YamlSection modules) throws ConfigException {
    String policy =
        modules
            .parsed("imagePullCredentialsVerificationPolicy", ImagesSection::policy)
            .orElse("NeverVerifyPreloadedImages");
    List<String> allowlist = modules.texts("preloadedImagesVerificationAllowlist");
    for (String each : allowlist) {
      if (!ALLOWED.matcher(each).matches()) {
        throw modules.error(
            "preloadedImagesVerificationAllowlist",
            "'%s' is not HOST[:PORT]/REPOSITORY or HOST[:PORT]/PREFIX/*".formatted(each));
      }
    }
    if (!allowlist.isEmpty() && !policy.equals(ALLOWLISTED)) {
      throw modules.error(
          "preloadedImagesVerificationAllowlist",
          "modules.preloadedImagesVerificationAllowlist is for the policy " + ALLOWLISTED);
    }
    return new Verification(policy, allowlist);
  }

  private static String policy(String text) {
    if (!POLICIES.contains(text)) {
      throw new IllegalArgumentException(
          "'%s' is not one of %s".formatted(text, String.join(", ", POLICIES)));
    }
    return text;
  }

  private static void registries(YamlSection section, String key, List<String> registries)
      throws ConfigException {
    for (String registry : registries) {
      if (!REGISTRY.matcher(registry).matches()) {
        throw section.error(key, "'%s' is not a registry: HOST[:PORT]".formatted(registry));
      }
    }
  }
}
