package io.hiberlet.node;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole state of one pod as its handler sees it. The node adds what it knows itself (addresses,
 * start time, QoS class, the standard conditions) and writes the pod's status.
 *
 * @param reason a CamelCase word for the pod as a whole, such as {@code ModuleRefused}; null when
 *     all is well
 * @param message a sentence for a person, null when there is nothing to say
 * @param conditions conditions beside the standard ones, such as {@code hiberlet.io/Hibernated}
 */
public record PodReport(
    Phase phase,
    @Nullable String reason,
    @Nullable String message,
    List<ContainerReport> containers,
    List<Condition> conditions) {

  public PodReport {
    containers = List.copyOf(containers);
    conditions = List.copyOf(conditions);
  }

  /** The phases of the Kubernetes API. */
  public enum Phase {
    PENDING("Pending"),
    RUNNING("Running"),
    SUCCEEDED("Succeeded"),
    FAILED("Failed");

    private final String value;

    Phase(String value) {
      this.value = value;
    }

    /** As the API writes it. */
    public String value() {
      return value;
    }

    /** Whether a pod in this phase stays in it for ever. */
    public boolean isFinal() {
      return this == SUCCEEDED || this == FAILED;
    }
  }

  /** A pod condition; its transition time is kept by the node. */
  public record Condition(
      String type, boolean status, @Nullable String reason, @Nullable String message) {}
}
