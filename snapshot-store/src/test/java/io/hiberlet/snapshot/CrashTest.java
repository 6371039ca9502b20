package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another process writes; it is killed, or met. */
class CrashTest {

  private static final int KILLS = 4;
  private static final byte[] KEY = "counter".getBytes(US_ASCII);

  @TempDir Path folder;

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void whatWasAcknowledgedSurvivesAKillAndBatchesAreWhole() throws Exception {
    SplittableRandom random = new SplittableRandom(42);
    for (int kill = 0; kill < KILLS; kill++) {
      long acknowledged = writeUntilKilled(random.nextInt(1, 300));
      try (SnapshotStore store = RocksSnapshotStore.open(folder, StoreOptions.DEFAULT)) {
        long stored = counter(store, Table.PODS);
        assertTrue(stored >= acknowledged, stored + " stored, " + acknowledged + " acknowledged");
        for (Table table : Table.values()) {
          assertEquals(stored, counter(store, table), "a batch was torn at " + table);
        }
        assertEquals(List.of(stored), pages(store));
      }
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aFolderThatAnotherProcessHoldsIsRefusedByName() throws Exception {
    Process writer = startWriter();
    try (BufferedReader acknowledged = writer.inputReader()) {
      assertEquals("1", acknowledged.readLine());
      StoreException refused =
          assertThrows(
              StoreException.class, () -> RocksSnapshotStore.open(folder, StoreOptions.DEFAULT));
      assertEquals(StoreException.Kind.LOCKED, refused.kind());
      assertEquals(
          folder + " is in use by another process; stop that one, or choose another folder",
          refused.getMessage());
    } finally {
      writer.destroyForcibly().waitFor();
    }
  }

  /** The last number that the writer was told to be stored. */
  private long writeUntilKilled(int after) throws IOException, InterruptedException {
    Process writer = startWriter();
    long last = 0;
    try (BufferedReader acknowledged = writer.inputReader()) {
      int lines = 0;
      for (String line = acknowledged.readLine(); line != null; line = acknowledged.readLine()) {
        last = Long.parseLong(line);
        if (++lines == after) {
          // Through the handle: the process itself would throw away what it wrote until then.
          writer.toHandle().destroyForcibly();
        }
      }
      assertTrue(lines >= after, "the writer ended by itself");
    } finally {
      writer.destroyForcibly().waitFor();
    }
    return last;
  }

  private Process startWriter() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static long counter(SnapshotStore store, Table table) {
    return store.read(table, KEY).map(value -> ByteBuffer.wrap(value).getLong()).orElseThrow();
  }

  private static List<Long> pages(SnapshotStore store) {
    List<Long> numbers = new ArrayList<>();
    store.scan(
        Table.PAGES,
        Writer.PAGE_PREFIX,
        (key, value) -> numbers.add(key.getLong(Writer.PAGE_PREFIX.length)));
    return numbers;
  }

  /** Counts in every table with one batch, and moves one page to a key of that number. */
  static final class Writer {

    static final byte[] PAGE_PREFIX = "page/".getBytes(US_ASCII);

    private Writer() {}

    public static void main(String[] arguments) {
      try (SnapshotStore store =
          RocksSnapshotStore.open(Path.of(arguments[0]), StoreOptions.DEFAULT)) {
        long start =
            store.read(Table.PODS, KEY).map(value -> ByteBuffer.wrap(value).getLong()).orElse(0L);
        for (long number = start + 1; ; number++) {
          store.write(batch(number));
          acknowledge(number);
        }
      }
    }

    private static List<Change> batch(long number) {
      List<Change> batch = new ArrayList<>();
      batch.add(new Change.DeletePrefix(Table.PAGES, PAGE_PREFIX));
      byte[] pageKey =
          ByteBuffer.allocate(PAGE_PREFIX.length + Long.BYTES)
              .put(PAGE_PREFIX)
              .putLong(number)
              .array();
      byte[] page = new byte[64 << 10];
      new SplittableRandom(number).nextBytes(page);
      batch.add(new Change.Put(Table.PAGES, pageKey, page));
      byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
      for (Table table : Table.values()) {
        batch.add(new Change.Put(table, KEY, value));
      }
      return batch;
    }

    private static void acknowledge(long number) {
      try {
        System.out.write((number + "\n").getBytes(US_ASCII));
        System.out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
