package io.hiberlet.node.pod;

import com.google.gson.JsonObject;
import io.hiberlet.node.PodHandler;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.client.Patches;
import io.hiberlet.node.event.EventRecorder;
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
import java.util.function.Consumer;
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
 * </pre>
 *
 * <p>{@link #advance} must not be called for one pod by two threads at once.
 */
final class PodLifecycle {
  private static final Logger log = LoggerFactory.getLogger(PodLifecycle.class);

  private final Map<PodKey, PodRecord> records = new ConcurrentHashMap<>();
  private final PodCache cache;
  private final PodHandler handler;
  private final PodStatuses statuses;
  private final PodWrites writes;
  private final EventRecorder events;
  private final BooleanSupplier listed;
  private final Consumer<PodKey> lookAgain;
  private final Clock clock;

  /**
   * @param listed whether the API server has told which pods there are; until then nothing is
   *     written of those that are remembered
   * @param lookAgain asks for another step of a pod; does not block
   */
  PodLifecycle(
      PodCache cache,
      PodHandler handler,
      PodStatuses statuses,
      PodWrites writes,
      EventRecorder events,
      BooleanSupplier listed,
      Consumer<PodKey> lookAgain,
      Clock clock) {
    this.cache = cache;
    this.handler = handler;
    this.statuses = statuses;
    this.writes = writes;
    this.events = events;
    this.listed = listed;
    this.lookAgain = lookAgain;
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
    PodRecord record = records.computeIfAbsent(key, k -> new PodRecord());
    Throwable failure = record.takeEndFailure();
    if (failure != null) {
      throw new IllegalStateException("the handler cannot end " + key, failure);
    }
    Optional<V1Pod> present = cache.get(key);
    boolean found = true;
    if (present.isEmpty()) {
      vanish(key, record);
    } else if (present.get().getMetadata().getDeletionTimestamp() != null) {
      found = delete(key, record, present.get());
    } else {
      found = sync(key, record, present.get());
    }
    return record.isEnding() ? Progress.ENDING : found ? Progress.SETTLED : Progress.NOT_FOUND;
  }

  private boolean sync(PodKey key, PodRecord record, V1Pod pod) throws ApiException {
    PodReport last = record.report();
    boolean over = PodStatuses.isFinal(pod) || (last != null && last.phase().isFinal());
    if (!over && record.needsSync(pod)) {
      handler.sync(pod, new Reporter(key, record));
    }
    record.synced(pod);
    return writeStatus(key, record, pod, record.report());
  }

  private boolean delete(PodKey key, PodRecord record, V1Pod pod) throws ApiException {
    if (!record.hasEnded()) {
      end(key, record, grace(pod));
      return writeStatus(key, record, pod, record.report());
    }
    if (record.isDeleted() || !listed.getAsBoolean()) {
      return true;
    }
    PodReport last = record.report();
    boolean told =
        (last == null && PodStatuses.isFinal(pod))
            || writeStatus(key, record, pod, PodStatuses.ended(pod, last, clock.instant()));
    if (!told || !writes.delete(key)) {
      return false;
    }
    record.deleted();
    return true;
  }

  private void vanish(PodKey key, PodRecord record) {
    if (record.hasEnded()) {
      records.remove(key);
    } else {
      end(key, record, Duration.ZERO);
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
              lookAgain.accept(key);
            });
  }

  /** Says whether the pod was found, if there was anything to write. */
  private boolean writeStatus(PodKey key, PodRecord record, V1Pod pod, @Nullable PodReport report)
      throws ApiException {
    if (report == null || !listed.getAsBoolean()) {
      return true;
    }
    Instant now = clock.instant();
    V1PodStatus before = record.statusOf(pod);
    JsonObject wanted = statuses.patch(pod, before, report, now);
    if (Patches.contains(Patches.json(before), wanted)) {
      return true;
    }
    Optional<V1Pod> written = writes.patchStatus(key, wanted);
    written.ifPresent(record::written);
    return written.isPresent();
  }

  private static Duration grace(V1Pod pod) {
    Long seconds = pod.getMetadata().getDeletionGracePeriodSeconds();
    return seconds == null ? Duration.ZERO : Duration.ofSeconds(Math.max(0, seconds));
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
        lookAgain.accept(pod);
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
