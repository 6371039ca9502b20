package io.hiberlet.agent.execution;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one after the other, in order, on threads of another executor. What only its tasks
 * touch needs no lock. After every task it goes to the end of the other executor's queue, so that
 * many serial executors share a few threads fairly. Thread-safe.
 */
public final class SerialExecutor implements Executor {
  private final Executor threads;

  /** Null while nothing runs or waits: most executors are idle, and there are very many. */
  private @Nullable Queue<Runnable> waiting; // guarded by this

  public SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (this) {
      if (waiting != null) {
        waiting.add(task);
        return;
      }
      waiting = new ArrayDeque<>(1);
      waiting.add(task);
    }
    threads.execute(this::runOne);
  }

  private void runOne() {
    try {
      next().run();
    } finally {
      if (moreWaiting()) {
        threads.execute(this::runOne);
      }
    }
  }

  private synchronized Runnable next() {
    return Objects.requireNonNull(waiting).remove();
  }

  private synchronized boolean moreWaiting() {
    if (Objects.requireNonNull(waiting).isEmpty()) {
      waiting = null;
    }
    return waiting != null;
  }
}
