package io.hiberlet.node;

import io.kubernetes.client.openapi.models.V1Pod;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Runs pods. The port through which the node hands its pods to whoever implements it.
 *
 * <p>Calls for one pod come one after the other; calls for different pods may come at once. No call
 * may block: work is done elsewhere and told to the {@link PodReporter}.
 */
public interface PodHandler {

  /**
   * The pod is to run. Called for a pod new to this node, once for every pod that existed before
   * the process started (it is adopted: what still runs or sleeps goes on), and again after every
   * change of its spec, labels or annotations. Idempotent; never called for a pod being deleted.
   */
  void sync(V1Pod pod, PodReporter reporter);

  /**
   * The pod is to end, be it known or not. Completes when nothing of it runs and nothing of it is
   * stored any more. Calling again with a shorter grace shortens the wait.
   *
   * @param grace how long the pod may take to end by itself; zero ends it at once
   */
  CompletionStage<Void> terminate(PodKey pod, Duration grace);

  /** The pods of which something is stored, those of an earlier process included. */
  Set<PodKey> known();

  /**
   * The stored pods as {@link #sync} was told of them last, without their status. They run before
   * the API server has been reached, and when it cannot be. May read the disk.
   */
  List<V1Pod> remembered();
}
