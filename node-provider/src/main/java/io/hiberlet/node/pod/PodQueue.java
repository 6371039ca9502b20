package io.hiberlet.node.pod;

import io.hiberlet.node.PodKey;
import io.kubernetes.client.extended.workqueue.DefaultWorkQueue;

/**
 * The pods that need a look: each once, however often it is added, and never with two workers.
 * Thread-safe; only {@link #take} blocks.
 */
final class PodQueue {
  private final DefaultWorkQueue<PodKey> queue = new DefaultWorkQueue<>();
  private final NodePods pods;

  PodQueue(NodePods pods) {
    this.pods = pods;
  }

  void add(PodKey pod) {
    queue.add(pod);
  }

  /** Adds who has the name of that pod now: another pod, or a static pod and its mirror. */
  void addNamesakes(PodKey pod) {
    pods.named(pod.namespace(), pod.name()).filter(other -> !other.equals(pod)).forEach(queue::add);
  }

  /** The next one; null when the queue was closed. To be handed back by {@link #done}. */
  PodKey take() throws InterruptedException {
    return queue.get();
  }

  void done(PodKey pod) {
    queue.done(pod);
  }

  void close() {
    queue.shutDown();
  }

  boolean isClosed() {
    return queue.isShuttingDown();
  }
}
