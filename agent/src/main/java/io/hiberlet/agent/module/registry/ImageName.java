package io.hiberlet.agent.module.registry;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An image's name, read as Kubernetes and Docker read it (the grammar and the defaults of
 * github.com/distribution/reference).
 *
 * @param text as the pod has it
 * @param registry {@code HOST} or {@code HOST:PORT}; {@code docker.io} when the text names none
 * @param repository within the registry
 */
public record ImageName(
    String text,
    String registry,
    String repository,
    Optional<String> tag,
    Optional<Digest> digest) {
  private static final String DOCKER_HUB = "docker.io";
  private static final String LATEST = "latest";
  private static final int MAX_CHARS = 512;

  private static final Pattern FORM =
      Pattern.compile(
          "(?<path>(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?/)?"
              + "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*"
              + "(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*)"
              + "(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
              + "(?:@(?<digest>sha256:[0-9a-f]{64}))?");

  /**
   * Reads an image's name.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static ImageName parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (text.length() > MAX_CHARS || !matcher.matches()) {
      throw new IllegalArgumentException("invalid reference format");
    }
    String path = matcher.group("path");
    int slash = path.indexOf('/');
    boolean qualified = slash > 0 && isRegistry(path.substring(0, slash));
    String registry = qualified ? path.substring(0, slash) : DOCKER_HUB;
    String repository = qualified ? path.substring(slash + 1) : path;
    if (registry.equals("index.docker.io")) {
      registry = DOCKER_HUB;
    }
    if (registry.equals(DOCKER_HUB) && repository.indexOf('/') < 0) {
      repository = "library/" + repository;
    }
    @Nullable String digest = matcher.group("digest");
    return new ImageName(
        text,
        registry,
        repository,
        Optional.ofNullable(matcher.group("tag")),
        Optional.ofNullable(digest).map(Digest::new));
  }

  private static boolean isRegistry(String first) {
    return first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || first.equals("localhost")
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }

  /** The registry and the repository, in full. */
  public String fullRepository() {
    return registry + "/" + repository;
  }

  /** What the registry is asked for: the digest, else the tag, else {@code latest}. */
  public String reference() {
    return digest.map(Digest::value).or(() -> tag).orElse(LATEST);
  }

  /** The name in full: two texts that mean the same image have one. */
  public String canonical() {
    return fullRepository() + (digest.isPresent() ? "@" + digest.get() : ":" + tag.orElse(LATEST));
  }

  /** Whether it is {@code latest}, said or unsaid; the kubelet pulls such images each time. */
  public boolean isLatest() {
    return tag.isPresent() ? tag.get().equals(LATEST) : digest.isEmpty();
  }

  @Override
  public String toString() {
    return text;
  }
}
