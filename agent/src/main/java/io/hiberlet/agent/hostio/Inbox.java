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
  private final Deque<Delivery> waiting = new ArrayDeque<>();
  private final List<Moved> moved = new ArrayList<>();

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
      boolean empty = waiting.isEmpty();
      result = step.get();
      filled = empty && !waiting.isEmpty();
      moves = List.copyOf(moved);
      moved.clear();
    }
    if (filled) {
      listener.completionsWaiting();
    }
    moves.forEach(move -> listener.positionMoved(move.operation(), move.position()));
    return result;
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Inside {@link #exclusively} only, as are all methods below. */
  void add(Delivery delivery) {
    waiting.add(delivery);
  }

  @Nullable Delivery poll() {
    return waiting.poll();
  }

  void removeAllOf(Operation operation) {
    waiting.removeIf(delivery -> operation.equals(delivery.operation()));
  }

  void clear() {
    waiting.clear();
  }

  /** Notes that a watch moved and the guest has nothing to read for it. */
  void positionMoved(long operation, String position) {
    moved.add(new Moved(operation, position));
  }
}
