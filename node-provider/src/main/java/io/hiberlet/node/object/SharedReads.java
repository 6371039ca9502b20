package io.hiberlet.node.object;

import io.hiberlet.node.client.ResourceException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Sends a few reads at a time, and one for all who want the same object and whose turn has not come
 * yet, so that hundreds of pods that start at once do not ask the API server hundreds of times.
 * Nobody is given an answer to a question older than their own. Thread-safe; calls block.
 */
final class SharedReads {
  private static final int AT_A_TIME = 8;

  /** One request. */
  @FunctionalInterface
  interface Request {
    Optional<PodObject> send(ObjectName name) throws ResourceException;
  }

  private final Semaphore turns = new Semaphore(AT_A_TIME, true);
  private final Map<ObjectName, CompletableFuture<Optional<PodObject>>> waiting =
      new ConcurrentHashMap<>();
  private final Request request;

  SharedReads(Request request) {
    this.request = request;
  }

  Optional<PodObject> read(ObjectName name) throws ResourceException {
    var own = new CompletableFuture<Optional<PodObject>>();
    var joined = waiting.putIfAbsent(name, own);
    if (joined == null) {
      send(name, own);
    }
    return answer(joined == null ? own : joined);
  }

  private void send(ObjectName name, CompletableFuture<Optional<PodObject>> answer) {
    turns.acquireUninterruptibly(); // every request ends in time, and at once when interrupted
    waiting.remove(name, answer);
    try {
      answer.complete(request.send(name));
    } catch (ResourceException | RuntimeException e) {
      answer.completeExceptionally(e);
    } finally {
      turns.release();
    }
  }

  private static Optional<PodObject> answer(CompletableFuture<Optional<PodObject>> future)
      throws ResourceException {
    try {
      return future.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case ResourceException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case null, default -> throw e;
      }
    }
  }
}
