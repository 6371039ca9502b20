package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/** What a store must hold of one writer's {@link Workload}. */
final class WorkloadModel {

  private final Workload workload;
  private final MemorySnapshotStore expected = new MemorySnapshotStore();
  private long count;

  WorkloadModel(Workload workload) {
    this.workload = workload;
  }

  /**
   * Checks that the store holds all acknowledged batches, perhaps the one that was under way, and
   * no part of any other.
   *
   * @param acknowledged the last batch that was acknowledged since the last check, or 0
   */
  void check(SnapshotStore store, long acknowledged, String replay) {
    long stored = workload.count(store);
    long least = Math.max(acknowledged, count);
    assertTrue(
        stored >= least && stored <= least + 1,
        () -> "%d batches stored, %d acknowledged; %s".formatted(stored, least, replay));
    while (count < stored) {
      expected.write(workload.batch(++count));
    }
    for (Table table : Table.values()) {
      assertEquals(contents(expected, table), contents(store, table), replay + ", " + table);
    }
  }

  /** The checksum of each value: enough to compare, and to print. */
  private Map<String, Integer> contents(SnapshotStore store, Table table) {
    Map<String, Integer> contents = new TreeMap<>();
    store.scan(
        table,
        workload.prefix().getBytes(UTF_8),
        (key, value) -> contents.put(UTF_8.decode(key).toString(), hash(value)));
    return contents;
  }

  private static int hash(ByteBuffer value) {
    return value.hashCode();
  }
}
