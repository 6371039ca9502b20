package io.hiberlet.agent.execution;

import java.util.ArrayDeque;
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
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  public SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (waiting) {
      waiting.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    threads.execute(this::runOne);
  }

  private void runOne() {
    @Nullable Runnable task;
    synchronized (waiting) {
      task = waiting.poll();
    }
    try {
      if (task != null) {
        task.run();
      }
    } finally {
      if (moreWaiting()) {
        threads.execute(this::runOne);
      }
    }
  }

  private boolean moreWaiting() {
    synchronized (waiting) {
      running = !waiting.isEmpty();
      return running;
    }
  }
}
