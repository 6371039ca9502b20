package io.hiberlet.node.pod;

import io.hiberlet.node.PodHandler;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodLister;
import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.event.EventRecorder;
import io.hiberlet.node.staticpod.StaticPodAnnotations;
import io.hiberlet.node.staticpod.StaticPods;
import io.hiberlet.node.task.RepeatedTask;
import io.hiberlet.node.watch.ListWatch;
import io.kubernetes.client.extended.workqueue.ratelimiter.ItemExponentialFailureRateLimiter;
import io.kubernetes.client.extended.workqueue.ratelimiter.RateLimiter;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.models.V1Pod;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the pods of this node: one queue of those that need a look, a few workers, one pod always
 * with one worker only. A look that fails is repeated with a growing wait, for ever; no pod is ever
 * given up. All public methods may be called by any thread.
 *
 * <ol>
 *   <li>The handler tells which pods it remembers, files which static pods there are; they go on at
 *       once;
 *   <li>{@link PodSource} keeps {@link PodCache} and names the pods that changed;
 *   <li>{@link PodLifecycle} takes one of them one step further, through the {@link PodHandler};
 *   <li>what the handler reports later names its pod again.
 * </ol>
 */
public final class PodController implements AutoCloseable, PodSource.Listener {
  private static final Logger log = LoggerFactory.getLogger(PodController.class);
  private static final int WORKERS = 4;
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(30);

  private final PodQueue queue;
  private final RateLimiter<PodKey> retries =
      new ItemExponentialFailureRateLimiter<>(FIRST_RETRY, SLOWEST_RETRY);
  private final PodCache cache = new PodCache();
  private final CountDownLatch synced = new CountDownLatch(1);
  private final PodHandler handler;
  private final StaticPods statics;
  private final NodePods pods;
  private final PodLifecycle lifecycle;
  private final ListWatch source;
  private final RepeatedTask sourceTask;
  private final RepeatedTask fileTask;
  private final List<Thread> workers;

  public PodController(
      OwnNode node,
      ApiClient client,
      PodHandler handler,
      StaticPods statics,
      NewPods newPods,
      EventRecorder events,
      Clock clock) {
    this.handler = handler;
    this.statics = statics;
    this.pods = new NodePods(cache, statics);
    this.queue = new PodQueue(pods);
    PodWrites writes = new PodWrites(client);
    this.lifecycle =
        new PodLifecycle(
            cache,
            statics,
            handler,
            new PodStatuses(node.ip()),
            writes,
            new MirrorPods(node.name(), node.uid(), client, writes),
            newPods,
            events,
            () -> synced.getCount() == 0,
            queue,
            clock);
    PodSource told = new PodSource(node.name(), client, cache, this);
    this.source = new ListWatch(client, told, told);
    this.sourceTask = new RepeatedTask("pods", source);
    this.fileTask = new RepeatedTask("static pods", statics);
    this.workers =
        Stream.generate(() -> Thread.ofVirtual().name("pod-worker").unstarted(this::work))
            .limit(WORKERS)
            .toList();
  }

  /**
   * Goes on with the pods that the handler remembers, and runs static ones, API server or not; to
   * be called once.
   */
  public void start() {
    workers.forEach(Thread::start);
    List<V1Pod> remembered = handler.remembered();
    List<V1Pod> fromFiles = remembered.stream().filter(StaticPodAnnotations::isStatic).toList();
    remembered.stream()
        .filter(pod -> !StaticPodAnnotations.isStatic(pod))
        .forEach(pod -> changed(cache.put(pod)));
    statics.begin(fromFiles, this::changed);
    Stream.concat(fromFiles.stream(), statics.list().stream())
        .forEach(pod -> queue.add(PodCache.keyOf(pod))); // those whose file is gone must end
    if (statics.isEnabled()) {
      fileTask.start();
    }
    log.atInfo()
        .addKeyValue("pods", remembered.size())
        .addKeyValue("static", statics.list().size())
        .log("Going on with known pods");
  }

  /** Follows what the API server says of the pods from now on; to be called once, after that. */
  public void follow() {
    sourceTask.start();
  }

  /** The pods of this node. */
  public PodLister pods() {
    return pods;
  }

  /** Becomes zero when the pods of this node have been listed. */
  public CountDownLatch synchronised() {
    return synced;
  }

  @Override
  public void changed(Set<PodKey> changed) {
    changed.forEach(queue::add);
    changed.forEach(queue::addNamesakes);
  }

  /** Pods of an earlier process that were deleted meanwhile must end, too. */
  @Override
  public void synced() {
    synced.countDown();
    changed(cache.keys());
    statics.list().forEach(pod -> queue.add(PodCache.keyOf(pod)));
    handler.known().forEach(queue::add);
  }

  /** Lets the present looks end and takes no other; the pods go on undisturbed. */
  @Override
  public void close() {
    if (statics.isEnabled()) {
      fileTask.close();
    }
    sourceTask.close();
    try {
      source.close();
    } catch (IOException e) {
      log.atDebug().setCause(e).log("The watch was lost before it could be ended");
    }
    queue.close();
    for (Thread worker : workers) {
      worker.interrupt();
      joinQuietly(worker);
    }
  }

  private void work() {
    try {
      PodKey pod = queue.take();
      while (pod != null && !queue.isClosed()) {
        look(pod);
        pod = queue.take();
      }
    } catch (InterruptedException e) {
      log.debug("Interrupted");
    }
  }

  private void look(PodKey pod) {
    try {
      switch (lifecycle.advance(pod)) {
        case SETTLED -> retries.forget(pod);
        case NOT_FOUND -> seekAgain(pod);
        case ENDING -> {}
      }
    } catch (ApiException | RuntimeException e) {
      retry(pod, e);
    } finally {
      queue.done(pod);
    }
  }

  /** Until the watch tells that the pod is gone, as it will soon unless the server was wrong. */
  private void seekAgain(PodKey pod) {
    later(retries.when(pod), pod, () -> pods.has(pod));
  }

  private void retry(PodKey pod, Exception failure) {
    if (queue.isClosed()) {
      return;
    }
    boolean first = retries.numRequeues(pod) == 0;
    Duration wait = Collections.max(List.of(retries.when(pod), ApiErrors.retryAfter(failure)));
    if (first) {
      var entry =
          log.atWarn().addKeyValue("pod", pod).addKeyValue("cause", ApiErrors.describe(failure));
      (ApiErrors.isExpected(failure) ? entry : entry.setCause(failure))
          .log("Cannot go on with this pod yet; will go on trying");
    }
    later(wait, pod, () -> pods.has(pod) || lifecycle.remembers(pod));
  }

  /** Looks again after a while, unless that has become needless. */
  private void later(Duration wait, PodKey pod, BooleanSupplier needed) {
    CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (needed.getAsBoolean()) {
                queue.add(pod);
              }
            });
  }

  private static void joinQuietly(Thread worker) {
    try {
      worker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
