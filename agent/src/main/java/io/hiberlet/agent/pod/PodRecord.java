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
 * @param since when it came to this node; null in a record of an older version
 * @param containers by name; a container that never started has none
 * @param failure why the pod is over, whatever its containers did; null when nothing says so
 */
record PodRecord(
    PodKey key,
    @Nullable Instant since,
    Map<String, Container> containers,
    @Nullable PodFailure failure) {

  PodRecord {
    Objects.requireNonNull(key.namespace(), "namespace");
    Objects.requireNonNull(key.name(), "name");
    Objects.requireNonNull(key.uid(), "uid");
    containers = Map.copyOf(containers);
  }

  static PodRecord of(PodKey key, Instant since) {
    return new PodRecord(key, since, Map.of(), null);
  }

  PodRecord since(Instant since) {
    return new PodRecord(key, since, containers, failure);
  }

  PodRecord with(String name, Container container) {
    Map<String, Container> changed = new HashMap<>(containers);
    changed.put(name, container);
    return new PodRecord(key, since, changed, failure);
  }

  PodRecord failed(@Nullable PodFailure why) {
    return new PodRecord(key, since, containers, why);
  }

  /**
   * One container.
   *
   * @param module what its last run was to run, as the user wrote it; null in a record of an older
   *     version
   * @param moduleDigest what that was
   * @param ended how its last run ended, null while that goes on
   * @param previous how the run before ended, null if there was none
   */
  record Container(
      @Nullable String module,
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
