package io.hiberlet.agent.hostio;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a controller as far as its guest has been told of them: what it waits for, and
 * nothing that it has not read yet. Going on from here delivers everything after that again.
 *
 * @param nextId the id of the next operation; ids are never used twice in a controller's life
 */
public record OperationsState(long nextId, List<Pending> pending) {

  /** A controller that has not asked for anything yet. */
  public static final OperationsState INITIAL = new OperationsState(1, List.of());

  public OperationsState {
    pending = List.copyOf(pending);
  }

  /** One operation that has not ended. */
  public sealed interface Pending {
    long id();
  }

  /** A timer and when it is due by the wall clock. */
  public record Timer(long id, Instant due) implements Pending {}

  /**
   * A request that had not been answered in full. Nobody knows whether it was carried out, so it is
   * answered with an error.
   */
  public record Request(long id) implements Pending {}

  /**
   * A durable watch.
   *
   * @param message the guest's request, as it sent it
   * @param resourceVersion of the last line that the guest has read; null before the first; {@link
   *     #NO_POSITION} when nothing can be gone on from after it
   * @param headRead whether the guest has read the response's head and must not get it twice
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  public record Watch(
      long id, byte[] message, int flags, @Nullable String resourceVersion, boolean headRead)
      implements Pending {

    /**
     * The guest has read lines that say nothing about time: a watch without a resourceVersion
     * begins with the objects there are, in any order, and until that part is over no version
     * stands for all of it. Such a watch ends cleanly when it is interrupted.
     */
    public static final String NO_POSITION = "";
  }
}
