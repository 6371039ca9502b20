package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.snapshot.FaultySnapshotStore.Crash;
import io.hiberlet.snapshot.FaultySnapshotStore.Faults;
import io.hiberlet.snapshot.StoreException.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FaultySnapshotStoreTest {

  private static final byte[] KEY = "key".getBytes(UTF_8);

  private final MemorySnapshotStore store = new MemorySnapshotStore();

  @Nested
  class WithoutFaults extends SnapshotStoreContract {
    @Override
    protected SnapshotStore open() {
      return new FaultySnapshotStore(new MemorySnapshotStore(), 1, Faults.NONE);
    }
  }

  @Test
  void theSameSeedFailsTheSameCallsInTheSameWay() {
    assertEquals(history(7), history(7));
    assertNotEquals(history(7), history(8));
  }

  @Test
  void aFailedWriteChangedNothing() {
    FaultySnapshotStore faulty = faulty(new Faults(0.5, 0.5, 0, 0));
    assertTrue(attempt(() -> write(faulty)).startsWith("injected"));
    assertEquals(Optional.empty(), store.read(Table.PODS, KEY));
    faulty.setFaults(Faults.NONE);
    assertEquals("done", attempt(() -> write(faulty)));
  }

  @Test
  void anUncertainWriteFailsAndWasMade() {
    FaultySnapshotStore faulty = faulty(new Faults(0, 0, 0, 0, 1, 0, 0, 0));
    assertEquals(Kind.IO, kindOf(() -> write(faulty)));
    assertTrue(store.read(Table.PODS, KEY).isPresent());
  }

  @Test
  void aCrashKeepsTheWriteUnderWayOrLosesIt() {
    Set<Boolean> kept = new HashSet<>();
    for (long seed = 0; seed < 32; seed++) {
      MemorySnapshotStore disk = new MemorySnapshotStore();
      FaultySnapshotStore faulty =
          new FaultySnapshotStore(disk, seed, new Faults(0, 0, 0, 0, 0, 1, 0, 0));
      assertThrows(Crash.class, () -> write(faulty));
      assertThrows(Crash.class, () -> faulty.read(Table.PODS, KEY));
      faulty.restart();
      kept.add(faulty.read(Table.PODS, KEY).isPresent());
    }
    assertEquals(Set.of(true, false), kept);
  }

  @Test
  void aFullDiskStaysFullUntilItIsFreed() {
    FaultySnapshotStore faulty = faulty(Faults.NONE);
    faulty.fillDisk(2);
    write(faulty);
    write(faulty);
    for (int i = 0; i < 5; i++) {
      assertEquals(Kind.FULL, kindOf(() -> write(faulty)));
      assertTrue(faulty.read(Table.PODS, KEY).isPresent());
    }
    faulty.freeDisk();
    write(faulty);
  }

  @Test
  void aFlippedRecordStaysCorruptUntilItIsWrittenOrDeleted() {
    FaultySnapshotStore faulty = faulty(Faults.NONE);
    write(faulty);
    faulty.flip(Table.PODS, KEY);
    for (int i = 0; i < 2; i++) {
      assertEquals(Kind.CORRUPT, kindOf(() -> faulty.read(Table.PODS, KEY)));
      assertEquals(Kind.CORRUPT, kindOf(() -> count(faulty)));
    }
    assertEquals(1, faulty.keys(Table.PODS, new byte[0]).size());
    write(faulty);
    assertEquals(1, count(faulty));
    faulty.flip(Table.PODS, KEY);
    faulty.quarantine("name", Set.of(Table.PODS), KEY, "reason");
    assertEquals(0, count(faulty));
    write(faulty);
    assertEquals(1, count(faulty));
  }

  @Test
  void bitsFlipInRecordsOfSnapshots() {
    FaultySnapshotStore faulty = faulty(new Faults(0, 0, 0, 0, 0, 0, 1, 0));
    List<Change> everywhere = new ArrayList<>();
    for (Table table : Table.values()) {
      everywhere.add(new Change.Put(table, KEY, KEY));
    }
    faulty.write(everywhere);
    long corrupt =
        List.of(Table.values()).stream()
            .filter(table -> !attempt(() -> faulty.read(table, KEY)).equals("done"))
            .count();
    assertEquals(1, corrupt);
  }

  @Test
  void slowCallsRunTheHook() {
    FaultySnapshotStore faulty = faulty(new Faults(0, 0, 0, 0, 0, 0, 0, 1));
    AtomicInteger slow = new AtomicInteger();
    faulty.onSlowCall(slow::incrementAndGet);
    write(faulty);
    count(faulty);
    assertEquals(2, slow.get());
  }

  private FaultySnapshotStore faulty(Faults faults) {
    return new FaultySnapshotStore(store, 1, faults);
  }

  private static List<String> history(long seed) {
    Faults faults = new Faults(0.2, 0.2, 0.2, 0.2, 0.1, 0, 0.1, 0.1);
    FaultySnapshotStore store = new FaultySnapshotStore(new MemorySnapshotStore(), seed, faults);
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      outcomes.add(attempt(() -> write(store)));
      outcomes.add(attempt(() -> store.read(Table.PODS, KEY)));
      outcomes.add(attempt(() -> count(store)));
    }
    return outcomes.stream().map(outcome -> outcome.replace("seed " + seed, "")).toList();
  }

  private static int count(SnapshotStore store) {
    int[] entries = {0};
    store.scan(Table.PODS, new byte[0], (key, value) -> entries[0]++);
    return entries[0];
  }

  private static void write(SnapshotStore store) {
    store.write(List.of(new Change.Put(Table.PODS, KEY, KEY)));
  }

  private static Kind kindOf(Runnable call) {
    return assertThrows(StoreException.class, call::run).kind();
  }

  private static String attempt(Runnable call) {
    try {
      call.run();
      return "done";
    } catch (StoreException e) {
      return e.getMessage();
    }
  }
}
