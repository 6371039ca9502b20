package io.hiberlet.agent.cli;

import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.config.AgentConfigFile;
import io.hiberlet.agent.config.ConfigException;
import io.hiberlet.agent.config.Host;
import io.hiberlet.agent.config.Overrides;
import io.hiberlet.agent.config.Quantities;
import io.hiberlet.agent.runtime.GuestSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** A module on a developer's machine, and what its guest is to find around it. */
final class ModuleOptions {
  private static final Path NO_FILE = Path.of("none");

  @Parameters(paramLabel = "FILE.wasm", description = "The module.")
  private @Nullable Path file;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME=VALUE",
      description = "A variable of its environment. May be repeated.")
  private final Map<String, String> env = new LinkedHashMap<>();

  @Option(
      names = "--arg",
      paramLabel = "TEXT",
      description = "An argument; the first one is the program's name. May be repeated.",
      arity = "1")
  private final List<String> args = new ArrayList<>();

  @Option(
      names = "--memory",
      paramLabel = "BYTES",
      description =
          "Its limit of linear memory, as a pod's limits.memory: 64Mi. Default: a node's.",
      converter = Bytes.class)
  private @Nullable Long memoryBytes;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Takes limits from a node's configuration file. Default: those of any node.")
  private @Nullable Path config;

  Path file() {
    return Objects.requireNonNull(file);
  }

  /** The module's bytes. */
  byte[] read(CommandSpec spec) throws IOException {
    if (!Files.isRegularFile(file())) {
      throw new ParameterException(spec.commandLine(), "There is no file '%s'".formatted(file()));
    }
    return Files.readAllBytes(file());
  }

  GuestSettings settings() {
    List<String> all = args.isEmpty() ? List.of(programName()) : args;
    return new GuestSettings(all, env);
  }

  private String programName() {
    String name = String.valueOf(file().getFileName());
    return name.endsWith(".wasm") ? name.substring(0, name.length() - ".wasm".length()) : name;
  }

  /** In bytes. */
  long memoryLimit(AgentConfig node) {
    return memoryBytes == null ? node.runtime().defaultMemoryLimitBytes() : memoryBytes;
  }

  /** How a node would be configured, for all that is not about being one. */
  AgentConfig nodeConfig(Host host) throws ConfigException {
    return nodeConfig(host, NO_FILE);
  }

  /**
   * The same.
   *
   * @param kubeconfig how to reach the API server
   */
  AgentConfig nodeConfig(Host host, Path kubeconfig) throws ConfigException {
    var flags =
        new Overrides(kubeconfig, null, "local", NO_FILE, InetAddress.getLoopbackAddress(), 0);
    return AgentConfigFile.load(Optional.ofNullable(config), flags, host);
  }

  static final class Bytes extends AgentCommand.Checked<Long> {
    @Override
    Long parse(String text) {
      return Quantities.bytes(text);
    }
  }
}
