package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.Admission;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.admission.RefusedException;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.node.PodHandler;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.PodReporter.EventType;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreException;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs this node's pods as Wasm controllers. Thread-safe. */
public final class PodAgent implements PodHandler {
  private static final Logger log = LoggerFactory.getLogger(PodAgent.class);

  private final Admission admission;
  private final PodServices services;
  private final PodRecords records;
  private final PodFiles files;
  private final Map<String, PodRunner> runners = new ConcurrentHashMap<>();

  /**
   * @param store must be the one that the controllers' snapshots are in
   */
  public PodAgent(Admission admission, PodServices services, SnapshotStore store, PodFiles files) {
    this.admission = admission;
    this.services = services;
    this.records = new PodRecords(store);
    this.files = files;
  }

  @Override
  public void sync(V1Pod pod, PodReporter reporter) {
    V1ObjectMeta meta = Objects.requireNonNull(pod.getMetadata());
    PodRunner running = runners.get(meta.getUid());
    try {
      PodSpec admitted = admission.admit(pod);
      if (running == null) {
        run(admitted, startTime(pod), reporter);
      } else {
        running.update(admitted);
      }
      remember(pod);
    } catch (RefusedException e) {
      if (running != null) {
        log.atWarn()
            .addKeyValue("pod", running.pod().key())
            .addKeyValue("reason", e.getMessage())
            .log("A pod was changed into what cannot run here; it goes on as it was");
        return;
      }
      reporter.event(EventType.WARNING, e.reason(), String.valueOf(e.getMessage()));
      reporter.report(
          new PodReport(Phase.FAILED, e.reason(), e.getMessage(), List.of(), List.of()));
    }
  }

  /** Since when the pod is on this node, as far as the API server knows. */
  private Instant startTime(V1Pod pod) {
    return Optional.ofNullable(pod.getStatus())
        .map(V1PodStatus::getStartTime)
        .map(OffsetDateTime::toInstant)
        .orElseGet(() -> services.controllers().clock().instant());
  }

  private void run(PodSpec pod, Instant since, PodReporter reporter) {
    PodRecord record =
        records
            .load(pod.key().uid())
            .map(known -> known.since() == null ? known.since(since) : known)
            .orElseGet(() -> newRecord(pod.key(), since));
    PodRunner runner = new PodRunner(pod, record, reporter, records, services);
    runners.put(pod.key().uid(), runner);
    runner.start();
  }

  /** A pod that is not kept runs as well; it only has to wait for the API server next time. */
  private void remember(V1Pod pod) {
    try {
      records.remember(pod);
    } catch (StoreException e) {
      log.atWarn()
          .addKeyValue("pod", pod.getMetadata().getName())
          .setCause(e)
          .log("A pod was not kept");
    }
  }

  private PodRecord newRecord(PodKey pod, Instant since) {
    PodRecord record = PodRecord.of(pod, since);
    records.save(record);
    return record;
  }

  @Override
  public CompletionStage<Void> terminate(PodKey pod, Duration grace) {
    PodRunner runner = runners.get(pod.uid());
    CompletionStage<Void> stopped =
        runner == null ? CompletableFuture.completedFuture(null) : runner.stop(grace);
    return stopped.thenRunAsync(() -> forget(pod), services.blocking());
  }

  private void forget(PodKey pod) {
    SnapshotRepository snapshots = services.controllers().snapshots();
    snapshots.deletePod(pod.uid());
    records.delete(pod.uid());
    files.delete(pod.uid());
    runners.remove(pod.uid());
    services.controllers().metrics().probes().forget(pod.uid());
  }

  @Override
  public List<V1Pod> remembered() {
    return records.remembered();
  }

  @Override
  public Set<PodKey> known() {
    Set<PodKey> known =
        records.all().stream().map(PodRecord::key).collect(Collectors.toCollection(HashSet::new));
    runners.values().forEach(runner -> known.add(runner.pod().key()));
    return known;
  }

  /**
   * The digests of the modules that pods run, be it resident, hibernated or waiting to be started
   * again.
   *
   * @throws StoreException when the store cannot say: then any module may be in use
   */
  public Set<String> modulesInUse() {
    return records.all().stream()
        .flatMap(record -> record.containers().values().stream())
        .map(PodRecord.Container::moduleDigest)
        .collect(Collectors.toSet());
  }

  /** The runner of a pod that has not come to its end; empty when there is none. */
  Optional<PodRunner> active(String uid) {
    return Optional.ofNullable(runners.get(uid)).filter(runner -> !runner.isEnding());
  }

  /** Writes every controller down, so that the next process can adopt it. */
  public CompletionStage<Void> suspendAll() {
    return CompletableFuture.allOf(
        runners.values().stream()
            .map(runner -> runner.suspend().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  /** The runners of all pods, those that have come to their end among them. */
  List<PodRunner> runners() {
    return List.copyOf(runners.values());
  }

  /**
   * The runner of a pod; empty when no such pod runs here.
   *
   * @param uid null when any pod of that name will do
   */
  Optional<PodRunner> find(String namespace, String name, @Nullable String uid) {
    return runners.values().stream()
        .filter(
            runner -> {
              PodKey key = runner.pod().key();
              return key.namespace().equals(namespace)
                  && key.name().equals(name)
                  && (uid == null || key.uid().equals(uid));
            })
        .findFirst();
  }
}
