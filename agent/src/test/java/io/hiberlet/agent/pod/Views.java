package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ContainerRole;
import io.hiberlet.agent.admission.RestartPolicy;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.State;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.ContainerReport.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Containers as the tables of tests write them: {@code ROLE[POLICY]:STATE}. Roles are I, S and M.
 * Policies are ! for Never, ? for OnFailure, and nothing for Always, of an init container
 * OnFailure. States are new, starting (running, not started yet), run, an exit code, and waitN:
 * ended with N and about to be started again.
 */
final class Views {
  private Views() {}

  static List<ContainerView> parse(String containers) {
    return Stream.of(containers.split(" ", -1)).map(Views::container).toList();
  }

  private static ContainerView container(String text) {
    String[] parts = text.split(":", 2);
    ContainerRole role =
        switch (parts[0].charAt(0)) {
          case 'I' -> ContainerRole.INIT;
          case 'S' -> ContainerRole.SIDECAR;
          default -> ContainerRole.MAIN;
        };
    RestartPolicy policy =
        switch (parts[0].substring(1)) {
          case "!" -> RestartPolicy.NEVER;
          case "?" -> RestartPolicy.ON_FAILURE;
          default -> role == ContainerRole.INIT ? RestartPolicy.ON_FAILURE : RestartPolicy.ALWAYS;
        };
    return new ContainerView(role, policy, report(parts[1]));
  }

  private static ContainerReport report(String state) {
    return switch (state) {
      case "new" -> report(new Waiting("PodInitializing", null), false, null);
      case "starting" -> report(new Running(Instant.EPOCH), false, null);
      case "run" -> report(new Running(Instant.EPOCH), true, null);
      default ->
          state.startsWith("wait")
              ? report(
                  new Waiting("CrashLoopBackOff", null),
                  false,
                  ended(state.substring("wait".length())))
              : report(ended(state), false, null);
    };
  }

  private static Terminated ended(String exitCode) {
    return new Terminated(Integer.parseInt(exitCode), "Ended", null, Instant.EPOCH, Instant.EPOCH);
  }

  private static ContainerReport report(State state, boolean started, Terminated last) {
    return new ContainerReport("c", state, started, started, 0, null, last);
  }
}
