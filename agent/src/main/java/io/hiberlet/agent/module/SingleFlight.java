package io.hiberlet.agent.module;

import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Lets threads that want the same thing at the same time share one attempt. Thread-safe. */
final class SingleFlight<K, V> {
  private final ConcurrentMap<K, FutureTask<V>> flights = new ConcurrentHashMap<>();

  /**
   * Does the work in this thread, or waits for the thread that is at it.
   *
   * @throws ExecutionException with what the work threw
   * @throws InterruptedException when this thread was interrupted
   */
  V run(K key, Callable<V> work) throws ExecutionException, InterruptedException {
    while (true) {
      var own = new FutureTask<>(work);
      FutureTask<V> flight = flights.putIfAbsent(key, own);
      if (flight == null) {
        return lead(key, own);
      }
      try {
        return flight.get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof InterruptedException)) {
          throw e;
        }
        // The one who was at it was interrupted, not this one: try anew.
      }
    }
  }

  private V lead(K key, FutureTask<V> own) throws ExecutionException, InterruptedException {
    try {
      own.run();
    } finally {
      flights.remove(key, own);
    }
    try {
      return own.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw e;
    }
  }
}
