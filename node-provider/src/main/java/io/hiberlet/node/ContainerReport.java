package io.hiberlet.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of one container.
 *
 * @param started whether it runs, and its startup probe has passed if it has one
 * @param ready whether it may be given work; of an init container, whether it has succeeded
 * @param restarts how often it was started again after it ended; waking up is no restart
 * @param imageId what really runs, by digest; null until known
 * @param lastTermination how its previous run ended, null if it never ended
 */
public record ContainerReport(
    String name,
    State state,
    boolean started,
    boolean ready,
    int restarts,
    @Nullable String imageId,
    @Nullable Terminated lastTermination) {

  /** One of the three states of the Kubernetes API. */
  public sealed interface State {}

  /** Not started yet, or waiting to be started again. */
  public record Waiting(String reason, @Nullable String message) implements State {}

  /** Started, and neither ended nor failed; a hibernated controller runs. */
  public record Running(Instant since) implements State {}

  /** Ended. */
  public record Terminated(
      int exitCode,
      String reason,
      @Nullable String message,
      @Nullable Instant startedAt,
      Instant finishedAt)
      implements State {}
}
