package io.hiberlet.agent.admission;

import org.jspecify.annotations.Nullable;

/** The probes of a container; null for each that it does not have. */
public record ProbeSpecs(
    @Nullable ProbeSpec startup, @Nullable ProbeSpec liveness, @Nullable ProbeSpec readiness) {

  /** Of a container without probes. */
  public static final ProbeSpecs NONE = new ProbeSpecs(null, null, null);
}
