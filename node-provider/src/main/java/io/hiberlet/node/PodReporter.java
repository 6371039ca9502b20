package io.hiberlet.node;

/**
 * Takes the news of one pod. Thread-safe; never blocks. A later report replaces an earlier one that
 * has not reached the API server yet; events are told in order.
 */
public interface PodReporter {

  void report(PodReport report);

  /** An event of the pod, as {@code kubectl describe} shows it. */
  void event(EventType type, String reason, String message);

  /** The two types that Kubernetes knows. */
  enum EventType {
    NORMAL("Normal"),
    WARNING("Warning");

    private final String value;

    EventType(String value) {
      this.value = value;
    }

    /** As the API writes it. */
    public String value() {
      return value;
    }
  }
}
