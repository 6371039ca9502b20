package io.hiberlet.agent.cli;

import io.hiberlet.agent.module.registry.DockerConfig;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.module.registry.Keyring;
import io.hiberlet.agent.module.registry.Registries;
import io.hiberlet.agent.module.registry.RegistryPush;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how registries are reached. */
final class RegistryOptions {
  private static final long MAX_CONFIG_BYTES = 1L << 20;

  @Option(names = "--plain-http", description = "Speaks HTTP without TLS to the registry.")
  private boolean plainHttp;

  @Option(
      names = "--registry-ca",
      paramLabel = "FILE",
      description = "PEM certificates that may have signed the registry's own.")
  private @Nullable Path caFile;

  @Option(
      names = "--docker-config",
      paramLabel = "FILE",
      description =
          "Credentials, as \"docker login\" writes them; credential helpers are not asked. Default:"
              + " config.json in $DOCKER_CONFIG or ~/.docker, if there is one.")
  private @Nullable Path dockerConfig;

  /** What pushes to a target's registry. */
  RegistryPush push(ImageName target) throws IOException {
    Registries registries =
        new Registries(
            plainHttp ? Set.of(target.registry()) : Set.of(),
            Map.of(),
            caFile == null ? Map.of() : Map.of(target.registry(), caFile));
    return new RegistryPush(registries, keyring());
  }

  private Keyring keyring() throws IOException {
    Path given = dockerConfig;
    if (given != null) {
      return read(given);
    }
    Path usual = usualConfig();
    return Files.exists(usual) ? read(usual) : Keyring.EMPTY;
  }

  private static Path usualConfig() {
    @Nullable String folder = System.getenv("DOCKER_CONFIG");
    Path parent =
        folder == null || folder.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".docker")
            : Path.of(folder);
    return parent.resolve("config.json");
  }

  private static Keyring read(Path file) throws IOException {
    if (Files.notExists(file)) {
      throw new IOException("there is no file " + file);
    }
    if (Files.size(file) > MAX_CONFIG_BYTES) {
      throw new IOException("%s is too large".formatted(file));
    }
    try {
      return DockerConfig.configJson(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
