package io.hiberlet.node.pod;

import com.google.gson.JsonObject;
import io.hiberlet.node.PodHandler;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.PodReporter.EventType;
import io.hiberlet.node.client.Patches;
import io.hiberlet.node.event.EventRecorder;
import io.hiberlet.node.staticpod.StaticPodAnnotations;
import io.hiberlet.node.staticpod.StaticPods;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one pod one step further, from what the API server wants and what the handler reported:
 *
 * <pre>
 *  bound ──sync──▶ running ──report──▶ status written ──▶ (final phase: never started again)
 *    │                │
 *    └── deletion ────┴──▶ terminate(grace) ──▶ final status ──▶ deleted for good
 *  gone from the API server ──▶ terminate(0) ──▶ forgotten
 *  static: file ──sync──▶ running ──report──▶ status of the mirror; file gone ──▶ terminate(grace)
 * </pre>
 *
 * <p>{@link #advance} must not be called for one pod by two threads at once.
 */
final class PodLifecycle {
  private static final Logger log = LoggerFactory.getLogger(PodLifecycle.class);

  private final Map<PodKey, PodRecord> records = new ConcurrentHashMap<>();
  private final PodCache cache;
  private final StaticPods statics;
  private final PodHandler handler;
  private final PodStatuses statuses;
  private final PodWrites writes;
  private final MirrorPods mirrors;
  private final NewPods newPods;
  private final EventRecorder events;
  private final BooleanSupplier listed;
  private final PodQueue queue;
  private final Clock clock;

  /**
   * @param newPods says which of those that the handler does not have yet are taken
   * @param listed whether the API server has told which pods there are; until then nothing is
   *     written of those that are remembered
   * @param queue takes the pods that need another step
   */
  PodLifecycle(
      PodCache cache,
      StaticPods statics,
      PodHandler handler,
      PodStatuses statuses,
      PodWrites writes,
      MirrorPods mirrors,
      NewPods newPods,
      EventRecorder events,
      BooleanSupplier listed,
      PodQueue queue,
      Clock clock) {
    this.cache = cache;
    this.statics = statics;
    this.handler = handler;
    this.statuses = statuses;
    this.writes = writes;
    this.mirrors = mirrors;
    this.newPods = newPods;
    this.events = events;
    this.listed = listed;
    this.queue = queue;
    this.clock = clock;
  }

  /** How far a step came. */
  enum Progress {
    /** Nothing is to be done until something changes. */
    SETTLED,
    /** The handler is ending the pod; another look is asked for when it has. */
    ENDING,
    /**
     * The server does not know a pod of which no watch has told yet that it is gone. It may be
     * wrong: until the caches of a server that has just started are filled, its NodeRestriction
     * plugin answers 404 to a node that deletes any pod.
     */
    NOT_FOUND
  }

  /** One step; to be repeated later when it fails, or did not find the pod. */
  Progress advance(PodKey key) throws ApiException {
    Optional<V1Pod> present = cache.get(key);
    if (present.filter(StaticPodAnnotations::isMirror).isPresent()) {
      return settleMirror(present.get());
    }
    PodRecord record = records.computeIfAbsent(key, k -> new PodRecord());
    Throwable failure = record.takeEndFailure();
    if (failure != null) {
      throw new IllegalStateException("the handler cannot end " + key, failure);
    }
    Optional<V1Pod> file = statics.get(key);
    boolean found = true;
    if (file.isPresent()) {
      found = syncStatic(key, record, file.get());
    } else if (present.isEmpty()) {
      vanish(key, record);
    } else if (present.get().getMetadata().getDeletionTimestamp() != null) {
      found = delete(key, record, present.get());
    } else {
      found = sync(key, record, present.get());
    }
    return record.isEnding() ? Progress.ENDING : found ? Progress.SETTLED : Progress.NOT_FOUND;
  }

  /** Whether something of a pod is still to be done or kept. */
  boolean remembers(PodKey pod) {
    return records.containsKey(pod);
  }

  private boolean sync(PodKey key, PodRecord record, V1Pod pod) throws ApiException {
    start(key, record, pod);
    return writeStatus(record, pod, pod, record.report());
  }

  private void start(PodKey key, PodRecord record, V1Pod pod) {
    PodReport last = record.report();
    boolean over = PodStatuses.isFinal(pod) || (last != null && last.phase().isFinal());
    if (!over && record.needsSync(pod) && isTaken(key, record, pod)) {
      handler.sync(pod, new Reporter(key, record));
    }
    record.synced(pod);
  }

  /** A pod that the handler has already is never refused any more. */
  private boolean isTaken(PodKey key, PodRecord record, V1Pod pod) {
    if (record.wasSynced()) {
      return true;
    }
    Optional<NewPods.Refusal> refusal = newPods.refusal(pod);
    if (refusal.isEmpty() || handler.known().contains(key)) {
      return true;
    }
    events.record(key, EventType.WARNING, refusal.get().reason(), refusal.get().message());
    record.report(refusal.get().report());
    return false;
  }

  /** As the kubelet does it, one waits until the one that its file described before has ended. */
  private boolean syncStatic(PodKey key, PodRecord record, V1Pod pod) throws ApiException {
    if (hasPredecessor(key)) {
      return true;
    }
    record.runsFromFile(PodGrace.ofSpec(pod));
    start(key, record, pod);
    if (!listed.getAsBoolean()) {
      return true;
    }
    Optional<V1Pod> mirror = mirrors.keep(pod, cache.get(key.namespace(), key.name()));
    return mirror.isEmpty() || writeStatus(record, pod, mirror.get(), record.report());
  }

  private boolean hasPredecessor(PodKey pod) {
    return records.entrySet().stream()
        .filter(other -> !other.getKey().equals(pod))
        .filter(other -> other.getKey().toString().equals(pod.toString()))
        .anyMatch(other -> other.getValue().runsFromFile() && !other.getValue().hasEnded());
  }

  /** Removes one whose static pod has ended; all else that concerns it is done with that. */
  private Progress settleMirror(V1Pod mirror) throws ApiException {
    PodKey key = PodCache.keyOf(mirror);
    PodRecord shown = MirrorPods.shownBy(mirror).map(records::get).orElse(null);
    boolean needed =
        statics.get(key.namespace(), key.name()).isPresent()
            || (shown != null && !shown.hasEnded());
    return needed || !listed.getAsBoolean() || writes.delete(key)
        ? Progress.SETTLED
        : Progress.NOT_FOUND;
  }

  private boolean delete(PodKey key, PodRecord record, V1Pod pod) throws ApiException {
    if (!record.hasEnded()) {
      end(key, record, PodGrace.ofDeletion(pod));
      return writeStatus(record, pod, pod, record.report());
    }
    if (record.isDeleted() || !listed.getAsBoolean()) {
      return true;
    }
    PodReport last = record.report();
    boolean told =
        (last == null && PodStatuses.isFinal(pod))
            || writeStatus(record, pod, pod, PodStatuses.ended(pod, last, clock.instant()));
    if (!told || !writes.delete(key)) {
      return false;
    }
    record.deleted();
    return true;
  }

  private void vanish(PodKey key, PodRecord record) {
    if (record.hasEnded()) {
      records.remove(key);
      queue.addNamesakes(key); // they may have waited for this
    } else {
      end(key, record, record.graceWhenGone());
    }
  }

  private void end(PodKey key, PodRecord record, Duration grace) {
    if (!record.asksToEnd(grace)) {
      return;
    }
    handler
        .terminate(key, grace)
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                record.ended();
              } else {
                record.endFailed(failure);
              }
              queue.add(key);
            });
  }

  /**
   * Says whether the pod was found, if there was anything to write.
   *
   * @param shown as the API server has the pod: itself, or its mirror
   */
  private boolean writeStatus(PodRecord record, V1Pod pod, V1Pod shown, @Nullable PodReport report)
      throws ApiException {
    if (report == null || !listed.getAsBoolean()) {
      return true;
    }
    Instant now = clock.instant();
    V1PodStatus before = record.statusOf(shown);
    JsonObject wanted = statuses.patch(pod, before, report, now);
    NewerFields.addGeneration(wanted, shown);
    if (Patches.contains(Patches.json(before), NewerFields.withoutUnknown(wanted, before))) {
      return true;
    }
    Optional<V1Pod> written = writes.patchStatus(PodCache.keyOf(shown), wanted);
    written.ifPresent(record::written);
    return written.isPresent();
  }

  /** The handler's way to tell news of one pod. */
  private final class Reporter implements PodReporter {
    private final PodKey pod;
    private final PodRecord record;

    Reporter(PodKey pod, PodRecord record) {
      this.pod = pod;
      this.record = record;
    }

    @Override
    public void report(PodReport report) {
      if (record.report(report)) {
        queue.add(pod);
      } else {
        log.atWarn()
            .addKeyValue("pod", pod)
            .addKeyValue("phase", report.phase().value())
            .log("Ignored a report of a pod that has ended");
      }
    }

    @Override
    public void event(EventType type, String reason, String message) {
      events.record(pod, type, reason, message);
    }
  }
}
