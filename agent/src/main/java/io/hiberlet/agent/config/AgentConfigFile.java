package io.hiberlet.agent.config;

import io.hiberlet.agent.config.AgentConfig.Api;
import io.hiberlet.agent.config.AgentConfig.GarbageCollection;
import io.hiberlet.agent.config.AgentConfig.GuestRuntime;
import io.hiberlet.agent.config.AgentConfig.Hibernation;
import io.hiberlet.agent.config.AgentConfig.Limits;
import io.hiberlet.agent.config.AgentConfig.Modules;
import io.hiberlet.agent.config.AgentConfig.Volumes;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads the agent's configuration: the names, defaults and bounds of all values. Unknown keys,
 * wrong types and values out of bounds are refused with {@code FILE:LINE: what is wrong}. A
 * relative path in the file is relative to the file's folder.
 */
public final class AgentConfigFile {

  private static final int MAX_FILE_CHARACTERS = 1 << 20;
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  private final Host host;
  private final Overrides flags;
  private final Path folder;

  private AgentConfigFile(Host host, Overrides flags, Path folder) {
    this.host = host;
    this.flags = flags;
    this.folder = folder;
  }

  /**
   * Reads the file if there is one, and completes it.
   *
   * @param flags win over the file
   * @param host is asked for what neither says
   */
  public static AgentConfig load(Optional<Path> file, Overrides flags, Host host)
      throws ConfigException {
    YamlSection root = file.isPresent() ? parse(file.get()) : YamlSection.empty();
    Path folder = file.map(path -> path.toAbsolutePath().getParent()).orElse(Path.of(""));
    return new AgentConfigFile(host, flags, folder).read(root);
  }

  private static YamlSection parse(Path file) throws ConfigException {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_FILE_CHARACTERS);
    try (Reader reader = Files.newBufferedReader(file)) {
      org.yaml.snakeyaml.nodes.@Nullable Node document =
          new Yaml(new SafeConstructor(options)).compose(reader);
      return document == null ? YamlSection.empty() : YamlSection.of(file.toString(), "", document);
    } catch (MarkedYAMLException e) {
      throw new ConfigException(
          "%s:%d: not valid YAML: %s"
              .formatted(file, e.getProblemMark().getLine() + 1, e.getProblem()),
          e);
    } catch (YAMLException e) {
      throw new ConfigException(file + ": not valid YAML: " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new ConfigException("there is no configuration file " + file, e);
    } catch (MalformedInputException e) {
      throw new ConfigException(file + ": not UTF-8 text", e);
    } catch (IOException e) {
      throw new ConfigException("cannot read the configuration file " + file + ": " + e, e);
    }
  }

  /** Reads all of the file before it looks at what is missing, so that a mistake is told first. */
  private AgentConfig read(YamlSection root) throws ConfigException {
    Optional<Path> kubeconfig = either(flags.kubeconfig(), path(root, "kubeconfig"));
    Optional<Path> bootstrap =
        either(flags.bootstrapKubeconfig(), path(root, "bootstrapKubeconfig"));
    Path dataDir =
        either(flags.dataDir(), path(root, "dataDir")).orElse(Path.of("/var/lib/hiberlet"));
    Optional<Path> staticPods = path(root, "staticPodPath");
    YamlSection node = root.section("node");
    Modules modules = modules(root.section("modules"));
    GuestRuntime runtime = runtime(root.section("runtime"));
    Hibernation hibernation = hibernation(root.section("hibernation"));
    Volumes volumes = VolumesSection.read(root.section("volumes"));
    Api api = api(root.section("api"));
    Limits limits = limits(root.section("limits"));
    root.refuseOthers();
    Optional<Path> own = kubeconfig.or(() -> bootstrap.map(any -> dataDir.resolve("kubeconfig")));
    return new AgentConfig(
        new NodeSection(host, flags).read(node, own, bootstrap),
        dataDir,
        required(own),
        bootstrap,
        staticPods,
        modules,
        runtime,
        hibernation,
        volumes,
        api,
        limits);
  }

  private static Optional<Path> either(@Nullable Path flag, Optional<Path> inFile) {
    return Optional.ofNullable(flag).or(() -> inFile);
  }

  static Path required(Optional<Path> kubeconfig) throws ConfigException {
    if (kubeconfig.isEmpty()) {
      throw new ConfigException(
          "no kubeconfig: give --kubeconfig FILE, --bootstrap-kubeconfig FILE, or one of the keys"
              + " kubeconfig and bootstrapKubeconfig in the configuration file");
    }
    return kubeconfig.get();
  }

  private Modules modules(YamlSection section) throws ConfigException {
    long compilerMemory = Math.clamp(host.memoryBytes() / 2, 64 * MIB, 4 * GIB);
    Modules modules =
        new Modules(
            path(section, "fileRoot"),
            section.bytes("maxBytes", 64 * MIB, KIB, GIB),
            ImagesSection.read(section, folder),
            section.bytes("compilerMemory", compilerMemory, 64 * MIB, 64 * GIB),
            section.duration(
                "compilerTimeout",
                Duration.ofMinutes(15),
                Duration.ofSeconds(1),
                Duration.ofHours(1)),
            garbageCollection(section));
    section.refuseOthers();
    return modules;
  }

  private static GarbageCollection garbageCollection(YamlSection section) throws ConfigException {
    int high = section.number("imageGCHighThresholdPercent", 85, 0, 100);
    int low = section.number("imageGCLowThresholdPercent", Math.min(80, high), 0, 100);
    if (low > high) {
      throw section.error(
          "imageGCLowThresholdPercent",
          "modules.imageGCLowThresholdPercent must not be above imageGCHighThresholdPercent");
    }
    Duration longest = Duration.ofDays(3650);
    Duration oldest = section.duration("imageMaximumGCAge", Duration.ZERO, Duration.ZERO, longest);
    return new GarbageCollection(
        high,
        low,
        section.duration("imageMinimumGCAge", Duration.ofMinutes(2), Duration.ZERO, longest),
        oldest.isZero() ? Optional.empty() : Optional.of(oldest));
  }

  private GuestRuntime runtime(YamlSection section) throws ConfigException {
    GuestRuntime runtime =
        new GuestRuntime(
            section.duration(
                "wakeTimeout", Duration.ofSeconds(30), Duration.ofMillis(10), Duration.ofHours(1)),
            section.duration(
                "commandTimeout",
                Duration.ofMinutes(10),
                Duration.ofMillis(10),
                Duration.ofDays(1)),
            section.number("threads", Math.clamp(host.cpuMillis() / 1000, 1, 64), 1, 1024),
            section.bytes("defaultMemoryLimit", 64 * MIB, 64 * KIB, 4 * GIB),
            section.bytes("residentMemory", host.heapBytes() / 2, MIB, 1024 * GIB));
    section.refuseOthers();
    return runtime;
  }

  private static Hibernation hibernation(YamlSection section) throws ConfigException {
    Hibernation hibernation =
        new Hibernation(
            section.flag("enabled", true),
            section.duration(
                "idleAfter", Duration.ofSeconds(10), Duration.ZERO, Duration.ofDays(1)));
    section.refuseOthers();
    return hibernation;
  }

  private Api api(YamlSection section) throws ConfigException {
    Api api = new Api(path(section, "clientCaFile"));
    section.refuseOthers();
    return api;
  }

  private static Limits limits(YamlSection section) throws ConfigException {
    Limits limits =
        new Limits(
            size(section, "request", MIB, 16 * MIB),
            size(section, "requestHead", 64 * KIB, MIB),
            size(section, "responseHead", 64 * KIB, MIB),
            size(section, "responseBody", 8 * MIB, GIB),
            size(section, "watchLine", 8 * MIB, GIB),
            section.number("pendingOperations", 256, 1, 65_536),
            size(section, "undelivered", 256 * KIB, GIB));
    section.refuseOthers();
    return limits;
  }

  private static int size(YamlSection section, String key, long otherwise, long most)
      throws ConfigException {
    return (int) section.bytes(key, otherwise, KIB, most);
  }

  private Optional<Path> path(YamlSection section, String key) throws ConfigException {
    return section.text(key).map(folder::resolve);
  }
}
