package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A process that writes until it is killed, and prints the writer and the number of every batch
 * that the store took. Arguments: the store's folder, the seed.
 */
final class Victim {

  static final int WRITERS = 2;

  /** Small buffers and files, so that flushes and compactions happen all the time. */
  static final StoreOptions OPTIONS = new StoreOptions(1 << 20, 1 << 20, 1 << 20, 2, 64, 1L << 30);

  private Victim() {}

  public static void main(String[] arguments) {
    SnapshotStore store = RocksSnapshotStore.open(Path.of(arguments[0]), OPTIONS);
    long seed = Long.parseLong(arguments[1]);
    for (int writer = 0; writer < WRITERS; writer++) {
      Workload workload = new Workload(seed, writer);
      Thread.ofPlatform().start(() -> write(store, workload));
    }
  }

  private static void write(SnapshotStore store, Workload workload) {
    for (long number = workload.count(store) + 1; ; number++) {
      store.write(workload.batch(number));
      acknowledge(workload.writer() + " " + number + "\n");
    }
  }

  private static synchronized void acknowledge(String line) {
    try {
      System.out.write(line.getBytes(US_ASCII));
      System.out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
