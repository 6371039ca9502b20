package io.hiberlet.agent.hostio;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The completions that a guest has not taken, in order. Its monitor is the one lock of a
 * controller: whatever changes the controller's operations runs inside {@link #exclusively}, be it
 * the guest's thread or an event loop. The listener is told outside the lock.
 */
final class Inbox {

  private record Moved(long operation, String position) {}

  private final OperationsListener listener;

  // Null while empty, as they nearly always are: there is an inbox for every controller that
  // sleeps.
  private @Nullable Deque<Delivery> waiting;
  private @Nullable List<Moved> moved;

  Inbox(OperationsListener listener) {
    this.listener = listener;
  }

  /** Runs a step while nothing else happens to this controller's operations. */
  void exclusively(Runnable step) {
    exclusively(
        () -> {
          step.run();
          return true;
        });
  }

  /** Runs a step while nothing else happens to this controller's operations. */
  <T> T exclusively(Supplier<T> step) {
    T result;
    boolean filled;
    List<Moved> moves;
    synchronized (this) {
      boolean empty = isEmpty();
      result = step.get();
      filled = empty && !isEmpty();
      moves = moved == null ? List.of() : moved;
      moved = null;
    }
    if (filled) {
      listener.completionsWaiting();
    }
    moves.forEach(move -> listener.positionMoved(move.operation(), move.position()));
    return result;
  }

  synchronized boolean isEmpty() {
    return waiting == null;
  }

  /** Inside {@link #exclusively} only, as are all methods below. */
  void add(Delivery delivery) {
    if (waiting == null) {
      waiting = new ArrayDeque<>();
    }
    waiting.add(delivery);
  }

  @Nullable Delivery poll() {
    if (waiting == null) {
      return null;
    }
    Delivery first = waiting.remove();
    if (waiting.isEmpty()) {
      waiting = null;
    }
    return first;
  }

  void removeAllOf(Operation operation) {
    if (waiting != null) {
      waiting.removeIf(delivery -> operation.equals(delivery.operation()));
      if (waiting.isEmpty()) {
        waiting = null;
      }
    }
  }

  void clear() {
    waiting = null;
  }

  /** Notes that a watch moved and the guest has nothing to read for it. */
  void positionMoved(long operation, String position) {
    if (moved == null) {
      moved = new ArrayList<>();
    }
    moved.add(new Moved(operation, position));
  }
}
