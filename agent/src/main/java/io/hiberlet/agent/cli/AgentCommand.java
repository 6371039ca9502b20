package io.hiberlet.agent.cli;

import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.config.AgentConfigFile;
import io.hiberlet.agent.config.Host;
import io.hiberlet.agent.config.NodeSection;
import io.hiberlet.agent.config.Overrides;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code hiberlet agent}: makes this device a node. */
@Command(
    name = "agent",
    description = "Makes this device a Kubernetes node for Wasm controllers, until it is stopped.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "What an option says wins over the file.",
      "SIGTERM stops the agent: every controller is put to sleep first.",
      "Exit codes: 0 stopped, 1 failed, 2 wrong options or configuration."
    })
final class AgentCommand implements Callable<Integer> {

  private final AgentRunner runner;
  private final Host host;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "How to reach the API server, and as whom.")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--bootstrap-kubeconfig",
      paramLabel = "FILE",
      description =
          "How to ask the API server for a client certificate while there is none that is valid."
              + " What comes of it is written to --kubeconfig; default: kubeconfig in --data-dir.")
  private @Nullable Path bootstrapKubeconfig;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration file (YAML). Default: none.")
  private @Nullable Path config;

  @Option(
      names = "--node-name",
      paramLabel = "NAME",
      description = "Name of the Node object. Default: the host name.",
      converter = NodeName.class)
  private @Nullable String nodeName;

  @Option(
      names = "--node-ip",
      paramLabel = "ADDRESS",
      description =
          "Where the API server reaches this node. Default: the address that this device reaches"
              + " the API server from.",
      converter = Address.class)
  private @Nullable InetAddress nodeIp;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port of the kubelet API; 0 for any that is free. Default: 10250.",
      converter = Port.class)
  private @Nullable Integer port;

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      description = "Snapshots, modules and certificates. Default: /var/lib/hiberlet.")
  private @Nullable Path dataDir;

  AgentCommand(AgentRunner runner, Host host) {
    this.runner = runner;
    this.host = host;
  }

  @Override
  public Integer call() throws Exception {
    Overrides flags =
        new Overrides(kubeconfig, bootstrapKubeconfig, nodeName, dataDir, nodeIp, port);
    AgentConfig complete = AgentConfigFile.load(Optional.ofNullable(config), flags, host);
    return runner.run(complete);
  }

  /** Turns what a parser refuses into picocli's error for it. */
  abstract static class Checked<T> implements ITypeConverter<T> {
    @Override
    public T convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }

    abstract T parse(String text);
  }

  static final class NodeName extends Checked<String> {
    @Override
    String parse(String text) {
      return NodeSection.nodeName(text);
    }
  }

  static final class Address extends Checked<InetAddress> {
    @Override
    InetAddress parse(String text) {
      return NodeSection.address(text);
    }
  }

  static final class Port extends Checked<Integer> {
    @Override
    Integer parse(String text) {
      if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
        throw new IllegalArgumentException("'%s' is not a port".formatted(text));
      }
      return Integer.valueOf(text);
    }
  }
}
