package io.hiberlet.benchmarks;

import io.hiberlet.agent.admission.Admission;
import io.hiberlet.agent.admission.NodeFacts;
import io.hiberlet.agent.pod.PodAgent;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReporter;
import java.net.InetAddress;
import java.time.Duration;

/** Pods of one controller each, from what the API server says of them on. */
final class PodPopulation implements Population {
  private static final PodReporter NOBODY =
      new PodReporter() {
        @Override
        public void report(PodReport report) {}

        @Override
        public void event(EventType type, String reason, String message) {
          if (type == EventType.WARNING) {
            System.err.println(reason + ": " + message);
          }
        }
      };

  private final PodAgent pods;

  PodPopulation(AgentParts agent, Duration idleAfter) {
    pods =
        new PodAgent(
            new Admission(
                new NodeFacts(InetAddress.getLoopbackAddress(), 2000, 1L << 30),
                ModuleLimits.DEFAULT.memoryBytes(),
                idleAfter),
            agent.controllers(),
            agent.store(),
            agent.files());
  }

  @Override
  public void start(String prefix, int count, int kib) {
    for (int i = 0; i < count; i++) {
      pods.sync(PodManifest.parse(prefix + i, AgentParts.MODULE, kib), NOBODY);
    }
  }

  @Override
  public void deleteAll() {
    for (PodKey pod : pods.known()) {
      pods.terminate(pod, Duration.ZERO).toCompletableFuture().join();
    }
  }
}
