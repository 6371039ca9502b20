package io.hiberlet.agent.cli;

import io.hiberlet.agent.cli.ControllerRunner.LocalRun;
import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.config.Host;
import io.hiberlet.agent.config.Quantities;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.file.GuestMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hiberlet run}: runs a module on a developer's machine. */
@Command(
    name = "run",
    description =
        "Runs a controller, or a WASI command, on this machine. No node is registered: it asks the"
            + " API server as the user of the kubeconfig.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "A controller is written to disk and forgotten after each wake, so that what it keeps in the"
          + " wrong place is lost at once and not in production.",
      "Ctrl-C tells it to stop. Exit codes: the guest's own; 1 it could not be run, 2 wrong"
          + " options, 134 it trapped, 137 it was killed."
    })
final class RunCommand implements Callable<Integer> {
  private final ControllerRunner runner;
  private final Host host;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private final ModuleOptions module = new ModuleOptions();

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "How to reach the API server, and as whom; a command needs none. Default: $KUBECONFIG,"
              + " else ~/.kube/config.")
  private @Nullable Path kubeconfig;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAME",
      description = "Sets the variable NAMESPACE, as manifests do from the pod's.")
  private @Nullable String namespace;

  @Option(
      names = "--volume",
      paramLabel = "PATH:MOUNT[:ro]",
      description = "Shows it a file or folder of this machine. May be repeated.",
      converter = Mount.class)
  private final List<GuestMount> volumes = new ArrayList<>();

  @Option(names = "--no-hibernate", description = "Keeps it in memory between two wakes.")
  private boolean stays;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description = "What it has to end when it is told to stop: 30s. Default: ${DEFAULT-VALUE}.",
      defaultValue = "10s",
      converter = Span.class)
  private Duration grace = Duration.ZERO;

  @Option(
      names = {"-v", "--verbose"},
      description = "Tells of each wake and each sleep.")
  private boolean verbose;

  RunCommand(ControllerRunner runner, Host host) {
    this.runner = runner;
    this.host = host;
  }

  @Override
  public Integer call() throws Exception {
    requireDifferentMounts();
    byte[] wasm = module.read(Objects.requireNonNull(spec));
    AgentConfig node = module.nodeConfig(host, kubeconfig());
    return runner.run(
        new LocalRun(
            wasm, node, settings(), volumes, module.memoryLimit(node), !stays, verbose, grace));
  }

  private GuestSettings settings() {
    GuestSettings own = module.settings();
    Map<String, String> env = new LinkedHashMap<>();
    if (namespace != null) {
      env.put("NAMESPACE", namespace);
    }
    env.putAll(own.env());
    return new GuestSettings(own.args(), env);
  }

  private Path kubeconfig() {
    if (kubeconfig != null) {
      return kubeconfig;
    }
    @Nullable String variable = System.getenv("KUBECONFIG");
    return variable == null || variable.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".kube", "config")
        : Path.of(variable);
  }

  private void requireDifferentMounts() {
    List<String> paths = volumes.stream().map(GuestMount::path).toList();
    if (paths.stream().distinct().count() != paths.size()) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), "Two volumes have the same mount");
    }
  }

  static final class Mount extends AgentCommand.Checked<GuestMount> {
    @Override
    GuestMount parse(String text) {
      return LocalMounts.parse(text);
    }
  }

  static final class Span extends AgentCommand.Checked<Duration> {
    @Override
    Duration parse(String text) {
      return Quantities.duration(text);
    }
  }
}
