package io.hiberlet.agent.pod;

import io.hiberlet.agent.eviction.EvictablePods;
import io.hiberlet.agent.eviction.EvictionFields;
import io.hiberlet.agent.eviction.PodUsage;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.Shortage.Resource;
import io.kubernetes.client.openapi.models.V1Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node's pods hold of memory and disk, and their end when the node needs it. Memory is
 * what their resident guests hold, once those that are idle sleep; disk is their snapshots, logs
 * and volumes.
 */
public final class PodEvictions implements EvictablePods {
  private static final Logger log = LoggerFactory.getLogger(PodEvictions.class);

  /** The kubelet's {@code podCleanupTimeout}. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final PodAgent pods;
  private final PodFiles files;
  private final SnapshotRepository snapshots;
  private final Runnable collectGarbage;

  /**
   * @param collectGarbage frees what of the disk no pod uses; may block
   */
  public PodEvictions(
      PodAgent pods, PodFiles files, SnapshotRepository snapshots, Runnable collectGarbage) {
    this.pods = pods;
    this.files = files;
    this.snapshots = snapshots;
    this.collectGarbage = collectGarbage;
  }

  @Override
  public void relieve(Resource resource) {
    switch (resource) {
      case MEMORY -> usages(resource);
      case DISK -> collectGarbage.run();
    }
  }

  @Override
  public List<PodUsage> usages(Resource resource) {
    List<CompletableFuture<PodUsage>> usages = new ArrayList<>();
    for (V1Pod pod : pods.remembered()) {
      pods.active(pod.getMetadata().getUid())
          .map(runner -> usedBytes(runner, resource))
          .map(used -> used.thenApply(bytes -> EvictionFields.usage(pod, resource, bytes)))
          .ifPresent(usages::add);
    }
    return usages.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<Long> usedBytes(PodRunner runner, Resource resource) {
    String uid = runner.pod().key().uid();
    return switch (resource) {
      case MEMORY -> runner.yieldMemory().toCompletableFuture();
      case DISK -> CompletableFuture.completedFuture(new PodDisk(files, snapshots).bytes(uid));
    };
  }

  /** Its record stays, so that it is not run again; all else goes, as with the kubelet. */
  @Override
  public void evict(PodKey pod, String message) {
    pods.active(pod.uid()).ifPresent(runner -> evict(runner, message));
  }

  private void evict(PodRunner runner, String message) {
    PodKey pod = runner.pod().key();
    try {
      runner.evict(message).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      snapshots.deletePod(pod.uid());
      files.delete(pod.uid());
    } catch (ExecutionException | TimeoutException e) {
      log.atWarn()
          .addKeyValue("pod", pod)
          .setCause(e)
          .log("An evicted pod did not end in time; what it stored stays until it is deleted");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
