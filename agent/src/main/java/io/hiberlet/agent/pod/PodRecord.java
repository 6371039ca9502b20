package io.hiberlet.agent.pod;

import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.PodKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a pod after the process that ran it is gone. Written as JSON; unknown
 * members are passed over and absent ones are null, so that versions can follow each other.
 *
 * @param containers by name; a container that never started has none
 */
record PodRecord(PodKey key, Map<String, Container> containers) {

  PodRecord {
    Objects.requireNonNull(key.namespace(), "namespace");
    Objects.requireNonNull(key.name(), "name");
    Objects.requireNonNull(key.uid(), "uid");
    containers = Map.copyOf(containers);
  }

  static PodRecord of(PodKey key) {
    return new PodRecord(key, Map.of());
  }

  PodRecord with(String name, Container container) {
    Map<String, Container> changed = new HashMap<>(containers);
    changed.put(name, container);
    return new PodRecord(key, changed);
  }

  /**
   * One container.
   *
   * @param moduleDigest what it ran last
   * @param ended how its last run ended, null while that goes on
   * @param previous how the run before ended, null if there was none
   */
  record Container(
      String moduleDigest,
      Instant startedAt,
      int restarts,
      @Nullable Terminated ended,
      @Nullable Terminated previous) {
    Container {
      Objects.requireNonNull(moduleDigest, "moduleDigest");
      Objects.requireNonNull(startedAt, "startedAt");
    }
  }
}
