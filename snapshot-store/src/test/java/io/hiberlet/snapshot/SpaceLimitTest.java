package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.snapshot.StoreException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store with a small limit is filled. */
class SpaceLimitTest {

  private static final int MIB = 1 << 20;
  private static final long LIMIT = 24 * MIB;
  private static final StoreOptions OPTIONS = new StoreOptions(MIB, MIB, 2 * MIB, 2, 64, LIMIT);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private SnapshotStore store;

  @BeforeEach
  void open() {
    store = RocksSnapshotStore.open(folder, OPTIONS);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aFullStoreTakesNoMoreAndCanBeReadAndDeletedFrom() {
    int written = fill();
    assertTrue(written > LIMIT / MIB / 2, "full after " + written + " MiB");
    assertTrue(store.usage() <= LIMIT * 3 / 2, "usage " + store.usage());
    for (int number = 0; number < written; number++) {
      assertTrue(store.read(Table.PAGES, key(number)).isPresent());
    }
    store.write(List.of(new Change.Delete(Table.PAGES, key(0))));
    assertTrue(store.read(Table.PAGES, key(0)).isEmpty());
  }

  @Test
  void deletingMakesRoom() {
    int written = fill();
    for (int number = 0; number < written - 1; number++) {
      store.write(List.of(new Change.DeletePrefix(Table.PAGES, key(number))));
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int room = 0; room < written / 2; ) {
      if (takes(1000 + room)) {
        room++;
      } else {
        assertTrue(System.nanoTime() < deadline, "room for " + room + " only");
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
  }

  @Test
  void usageIsWhatTheFolderTakes() {
    long before = store.usage();
    assertTrue(takes(0) && takes(1));
    long grown = store.usage() - before;
    assertTrue(grown >= 2 * MIB && grown < 5 * MIB, "grew by " + grown);
  }

  /** Writes until the store is full; returns how many MiB it took. */
  private int fill() {
    int written = 0;
    while (takes(written)) {
      written++;
      assertTrue(written < 4 * LIMIT / MIB, "never full");
    }
    return written;
  }

  private boolean takes(int number) {
    byte[] value = new byte[MIB];
    new SplittableRandom(number).nextBytes(value);
    try {
      store.write(List.of(new Change.Put(Table.PAGES, key(number), value)));
      return true;
    } catch (StoreException e) {
      assertEquals(Kind.FULL, e.kind());
      assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
      return false;
    }
  }

  private static byte[] key(int number) {
    return "controller-%04d/".formatted(number).getBytes(UTF_8);
  }

  @Test
  void aLimitTooSmallToWorkWithIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withMaxBytes(MIB));
  }
}
