package io.hiberlet.benchmarks;

import io.hiberlet.agent.admission.ContainerRole;
import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.ImagePull;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.admission.ProbeSpecs;
import io.hiberlet.agent.admission.RestartPolicy;
import io.hiberlet.agent.pod.BareControllers;
import io.hiberlet.node.PodKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Controllers by themselves: each with its operations, its log and its way to the disk, but what a
 * pod says of its container is there once for all of them.
 */
final class ControllerPopulation implements Population {
  private static final long MEMORY_LIMIT_BYTES = 64L << 20;
  private static final String NAMESPACE = "benchmark";

  private final AgentParts agent;
  private final BareControllers controllers;
  private final Duration idleAfter;

  ControllerPopulation(AgentParts agent, Duration idleAfter) {
    this.agent = agent;
    this.controllers = new BareControllers(agent.controllers());
    this.idleAfter = idleAfter;
  }

  @Override
  public void start(String prefix, int count, int kib) {
    ControllerSpec spec =
        new ControllerSpec(
            "controller",
            ContainerRole.MAIN,
            RestartPolicy.NEVER,
            AgentParts.MODULE,
            "",
            ImagePull.DEFAULT,
            List.of("controller", String.valueOf(kib)),
            List.of(),
            null,
            List.of(),
            MEMORY_LIMIT_BYTES,
            null,
            ProbeSpecs.NONE,
            idleAfter,
            Duration.ZERO);
    String digest = digest(spec);
    for (int i = 0; i < count; i++) {
      String name = prefix + i;
      UUID uid = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
      PodKey key = new PodKey(NAMESPACE, name, uid.toString());
      controllers.start(new PodSpec(key, 0, "default", Duration.ZERO, null, List.of(spec)), digest);
    }
  }

  private String digest(ControllerSpec spec) {
    return agent
        .controllers()
        .fetchModule(new PodKey(NAMESPACE, "module", "module"), spec, AgentParts.NO_EVENTS)
        .toCompletableFuture()
        .join();
  }

  @Override
  public void deleteAll() {
    controllers.deleteAll();
  }
}
