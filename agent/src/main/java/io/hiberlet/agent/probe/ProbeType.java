package io.hiberlet.agent.probe;

import io.hiberlet.agent.admission.ProbeSpec;
import io.hiberlet.agent.admission.ProbeSpecs;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The three probes of the Kubernetes API. */
public enum ProbeType {
  /** Whether a container has come up: until then no other probe is made. */
  STARTUP("Startup"),
  /** Whether it is of any use to keep it running. */
  LIVENESS("Liveness"),
  /** Whether others may count on it now. */
  READINESS("Readiness");

  private final String title;

  ProbeType(String title) {
    this.title = title;
  }

  /** As the kubelet's events begin. */
  public String title() {
    return title;
  }

  /** As the kubelet's sentences go on. */
  public String word() {
    return title.toLowerCase(Locale.ROOT);
  }

  @Nullable ProbeSpec of(ProbeSpecs specs) {
    return switch (this) {
      case STARTUP -> specs.startup();
      case LIVENESS -> specs.liveness();
      case READINESS -> specs.readiness();
    };
  }
}
