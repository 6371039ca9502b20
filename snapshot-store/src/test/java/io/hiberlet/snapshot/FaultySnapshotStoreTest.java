package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.snapshot.FaultySnapshotStore.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FaultySnapshotStoreTest {

  private static final byte[] KEY = "key".getBytes(UTF_8);

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
    assertTrue(!history(7).equals(history(8)));
  }

  @Test
  void aFailedWriteChangedNothing() {
    MemorySnapshotStore store = new MemorySnapshotStore();
    FaultySnapshotStore faulty = new FaultySnapshotStore(store, 1, new Faults(0.5, 0.5, 0, 0));
    assertTrue(attempt(() -> write(faulty)).startsWith("injected"));
    assertEquals(Optional.empty(), store.read(Table.PODS, KEY));
    faulty.setFaults(Faults.NONE);
    assertEquals("done", attempt(() -> write(faulty)));
  }

  private static List<String> history(long seed) {
    FaultySnapshotStore store =
        new FaultySnapshotStore(new MemorySnapshotStore(), seed, new Faults(0.2, 0.2, 0.2, 0.2));
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      outcomes.add(attempt(() -> write(store)));
      outcomes.add(attempt(() -> store.read(Table.PODS, KEY)));
      outcomes.add(attempt(() -> store.scan(Table.PODS, new byte[0], (key, value) -> {})));
    }
    return outcomes.stream().map(outcome -> outcome.replace("seed " + seed, "")).toList();
  }

  private static void write(SnapshotStore store) {
    store.write(List.of(new Change.Put(Table.PODS, KEY, KEY)));
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
