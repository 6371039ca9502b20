package io.hiberlet.agent.hibernation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestState.Memory;
import io.hiberlet.agent.runtime.GuestState.Page;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.FaultySnapshotStore;
import io.hiberlet.snapshot.FaultySnapshotStore.Faults;
import io.hiberlet.snapshot.MemorySnapshotStore;
import io.hiberlet.snapshot.StoreException;
import io.hiberlet.snapshot.Table;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A snapshot that is read in two parts at once. */
class LargeSnapshotTest {
  private static final ControllerId ID = new ControllerId("uid-1", "manager");
  private static final int WASM_PAGES = 300;
  private static final int PAGES = 16 * WASM_PAGES;
  private static final int TRIES = 20;

  private final MemorySnapshotStore store = new MemorySnapshotStore();
  private final SnapshotRepository repository = new SnapshotRepository(store);
  private final StoredPages saved =
      repository
          .save(ID, snapshot(memory(0, 3), memory(1, PAGES), memory(2, 5)), StoredPages.NONE)
          .pages();

  @Test
  void isWholeAndCanBeBuiltOn() throws Exception {
    StoredController loaded = repository.load(ID).orElseThrow();
    assertPages(loaded, 0, 3);
    assertPages(loaded, 1, PAGES);
    assertPages(loaded, 2, 5);
    for (int memory = 0; memory < 3; memory++) {
      assertEquals(saved.tie(memory), loaded.pages().tie(memory));
    }
    repository.save(
        ID, snapshot(memory(0, 0), memory(1, PAGES - 1, PAGES), memory(2, 0)), loaded.pages());
    assertPages(repository.load(ID).orElseThrow(), 1, PAGES);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, PAGES / 2 - 1, PAGES / 2, PAGES - 1})
  void aPageThatIsMissingOrAnotherIsFoundWhereverItIs(int page) {
    byte[] key = SnapshotKeys.page(ID, 1, page);
    store.write(List.of(new Change.Put(Table.PAGES, key, new byte[PageRecord.BYTES])));
    assertThrows(CorruptSnapshotException.class, () -> repository.load(ID));
    store.write(List.of(new Change.Delete(Table.PAGES, key)));
    assertThrows(CorruptSnapshotException.class, () -> repository.load(ID));
  }

  @Test
  void anErrorOfEitherPartIsTheStores() throws Exception {
    FaultySnapshotStore faulty = new FaultySnapshotStore(store, 1, new Faults(0, 0, 0.3, 0));
    SnapshotRepository failing = new SnapshotRepository(faulty);
    int failed = 0;
    for (int i = 0; i < TRIES; i++) {
      try {
        assertPages(failing.load(ID).orElseThrow(), 1, PAGES);
      } catch (StoreException e) {
        assertEquals(StoreException.Kind.IO, e.kind());
        failed++;
      }
    }
    assertTrue(failed > 0 && failed < TRIES, failed + " failed");
  }

  private static void assertPages(StoredController loaded, int memory, int count) {
    List<Page> pages = loaded.snapshot().guest().memories().get(memory).pages();
    assertEquals(count, pages.size());
    for (int index = 0; index < count; index++) {
      assertEquals(index, pages.get(index).index());
      assertArrayEquals(bytes(memory, index), pages.get(index).bytes());
    }
  }

  private static ControllerSnapshot snapshot(Memory... memories) {
    GuestState guest =
        new GuestState(
            List.of(memories),
            new long[0],
            List.of(),
            List.of(),
            List.of(),
            0,
            Instant.EPOCH,
            GuestSettings.NONE,
            List.of());
    return new ControllerSnapshot("sha256:1", guest, OperationsState.INITIAL, Instant.EPOCH);
  }

  private static Memory memory(int memory, int pages) {
    return memory(memory, 0, pages);
  }

  private static Memory memory(int memory, int from, int before) {
    return new Memory(
        WASM_PAGES,
        true,
        IntStream.range(from, before)
            .mapToObj(index -> new Page(index, bytes(memory, index)))
            .toList());
  }

  private static byte[] bytes(int memory, int index) {
    return ByteBuffer.allocate(GuestState.PAGE_BYTES)
        .putInt(1 + memory)
        .putInt(GuestState.PAGE_BYTES - Integer.BYTES, index)
        .array();
  }
}
