package io.hiberlet.agent.admission;

import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Probe;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the probes of a container. */
final class Probes {
  /** The first word of what the agent answers itself, and the one that it answers to probes. */
  private static final List<String> AGENTS_OWN = List.of("hiberlet", "probe");

  private static final int DEFAULT_PERIOD_SECONDS = 10;
  private static final int DEFAULT_FAILURES = 3;

  private final String container;

  private Probes(String container) {
    this.container = container;
  }

  /**
   * @throws RefusedException when one asks for something that a guest does not have
   */
  static ProbeSpecs of(V1Container container) throws RefusedException {
    return new Probes(container.getName()).all(container);
  }

  private ProbeSpecs all(V1Container spec) throws RefusedException {
    ProbeSpec startup = probe("startupProbe", spec.getStartupProbe());
    ProbeSpec liveness = probe("livenessProbe", spec.getLivenessProbe());
    ProbeSpec readiness = probe("readinessProbe", spec.getReadinessProbe());
    return startup == null && liveness == null && readiness == null
        ? ProbeSpecs.NONE
        : new ProbeSpecs(startup, liveness, readiness);
  }

  private @Nullable ProbeSpec probe(String field, @Nullable V1Probe probe) throws RefusedException {
    if (probe == null) {
      return null;
    }
    Long grace = probe.getTerminationGracePeriodSeconds();
    return new ProbeSpec(
        command(field, probe),
        seconds(probe.getInitialDelaySeconds(), 0),
        seconds(probe.getPeriodSeconds(), DEFAULT_PERIOD_SECONDS),
        seconds(probe.getTimeoutSeconds(), 1),
        Objects.requireNonNullElse(probe.getSuccessThreshold(), 1),
        Objects.requireNonNullElse(probe.getFailureThreshold(), DEFAULT_FAILURES),
        grace == null ? null : Duration.ofSeconds(grace));
  }

  private List<String> command(String field, V1Probe probe) throws RefusedException {
    List<String> command =
        probe.getExec() == null
            ? List.of()
            : Optional.ofNullable(probe.getExec().getCommand()).orElseGet(List::of);
    if (command.isEmpty()) {
      throw refused(field, "a guest has no sockets; use exec, with a command of the guest's or");
    }
    if (command.getFirst().equals(AGENTS_OWN.getFirst()) && !command.equals(AGENTS_OWN)) {
      throw refused(field, "of the agent's own commands a probe may use no other than");
    }
    return command;
  }

  private RefusedException refused(String field, String why) {
    return new RefusedException(
        Admission.UNSUPPORTED,
        "container %s: %s: %s [%s]"
            .formatted(container, field, why, String.join(", ", AGENTS_OWN)));
  }

  private static Duration seconds(@Nullable Integer value, int otherwise) {
    return Duration.ofSeconds(value == null ? otherwise : value);
  }
}
