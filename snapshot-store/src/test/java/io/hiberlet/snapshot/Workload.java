package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The batches that a writer makes, one after the other, each the same whenever it is asked for
 * again: snapshots of few controllers, positions, deletions. A writer has keys of its own.
 *
 * @param seed what all writers' batches are drawn from
 * @param writer tells writers apart
 */
record Workload(long seed, int writer) {

  private static final int CONTROLLERS = 6;
  private static final int PAGES = 64;
  private static final int PAGE_BYTES = 4096;

  /** The key in {@link Table#PODS} of the number of the last batch. */
  byte[] counterKey() {
    return (prefix() + "count").getBytes(UTF_8);
  }

  /** The prefix of all of its keys, in all tables. */
  String prefix() {
    return "writer-" + writer + "/";
  }

  /** How many batches the store holds. */
  long count(SnapshotStore store) {
    return store
        .read(Table.PODS, counterKey())
        .map(value -> ByteBuffer.wrap(value).getLong())
        .orElse(0L);
  }

  /**
   * @param number from 1 on
   */
  List<Change> batch(long number) {
    SplittableRandom random = new SplittableRandom(seed * 31 + writer).split();
    random = new SplittableRandom(random.nextLong() + number * 0x9E3779B97F4A7C15L);
    String controller = prefix() + random.nextInt(CONTROLLERS) + "/";
    List<Change> changes = new ArrayList<>();
    switch (random.nextInt(12)) {
      case 0 -> deleteAll(changes, controller);
      case 1, 2, 3 -> changes.add(put(Table.POSITIONS, controller, random.nextInt(4), number));
      case 4 -> {
        deleteAll(changes, controller);
        snapshot(changes, controller, random, PAGES);
      }
      default -> snapshot(changes, controller, random, random.nextInt(1, 9));
    }
    byte[] count = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    changes.add(new Change.Put(Table.PODS, counterKey(), count));
    return changes;
  }

  private static void deleteAll(List<Change> changes, String controller) {
    for (Table table : List.of(Table.SNAPSHOTS, Table.PAGES, Table.POSITIONS)) {
      changes.add(new Change.DeletePrefix(table, controller.getBytes(UTF_8)));
    }
  }

  private static void snapshot(
      List<Change> changes, String controller, SplittableRandom random, int pages) {
    changes.add(put(Table.SNAPSHOTS, controller, 0, random.nextLong()));
    for (int i = 0; i < pages; i++) {
      byte[] page = new byte[PAGE_BYTES];
      random.nextBytes(page);
      int index = pages == PAGES ? i : random.nextInt(PAGES);
      changes.add(new Change.Put(Table.PAGES, key(controller, index), page));
    }
    for (int position = 0; position < 4; position++) {
      changes.add(new Change.Delete(Table.POSITIONS, key(controller, position)));
    }
  }

  private static Change put(Table table, String controller, int number, long value) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    return new Change.Put(table, key(controller, number), bytes);
  }

  private static byte[] key(String controller, int number) {
    return (controller + "%03d".formatted(number)).getBytes(UTF_8);
  }
}
