package io.hiberlet.agent.hibernation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.hostio.OperationsState.Watch;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotRepositoryTest {

  private static final ControllerId ID = new ControllerId("uid-1", "manager");
  private static final int HEAD_BYTES_AT_MOST = 300;

  private final MemorySnapshotStore store = new MemorySnapshotStore();
  private final SnapshotRepository repository = new SnapshotRepository(store);

  @Test
  void hasNothingOfAControllerThatWasNeverSaved() throws Exception {
    assertEquals(Optional.empty(), repository.load(ID));
    assertEquals(Optional.empty(), repository.operations(ID));
    assertEquals(Set.of(), repository.ids());
  }

  @Test
  void loadsTheLastOfManySnapshots() throws Exception {
    for (long seed = 0; seed < 100; seed++) {
      ControllerSnapshot snapshot = Snapshots.random(seed);
      save(snapshot);
      assertLoads(ID, snapshot);
      assertEquals(
          Snapshots.text(snapshot.operations()),
          Snapshots.text(repository.operations(ID).orElseThrow()));
    }
  }

  @Test
  void buildsOnTheSnapshotBefore() throws Exception {
    SavedSnapshot first = save(snapshot(page(0, 1), page(1, 1), page(9, 1)));
    assertTrue(first.bytes() > 3 * GuestState.PAGE_BYTES, "wrote " + first.bytes());

    SavedSnapshot same = repository.save(ID, snapshot(), first.pages());
    assertTrue(same.bytes() < HEAD_BYTES_AT_MOST, "wrote " + same.bytes());

    SavedSnapshot second = repository.save(ID, snapshot(page(1, 2), page(10, 1)), same.pages());
    assertTrue(second.bytes() > 2 * GuestState.PAGE_BYTES, "wrote " + second.bytes());
    assertTrue(second.bytes() < 2 * GuestState.PAGE_BYTES + HEAD_BYTES_AT_MOST, "" + second);
    assertLoads(ID, snapshot(page(0, 1), page(1, 2), page(9, 1), page(10, 1)));

    StoredController loaded = repository.load(ID).orElseThrow();
    repository.save(ID, snapshot(page(0, 3)), loaded.pages());
    assertLoads(ID, snapshot(page(0, 3), page(1, 2), page(9, 1), page(10, 1)));
  }

  @Test
  void aSnapshotThatBuildsOnNothingReplacesEverything() throws Exception {
    save(snapshot(page(0, 1), page(1, 1)));
    save(snapshot(page(1, 2)));
    assertLoads(ID, snapshot(page(1, 2)));
    assertEquals(1, store.keys(Table.PAGES, new byte[0]).size());
  }

  @Test
  void memoriesGrow() throws Exception {
    SavedSnapshot first = save(snapshot(page(15, 1)));
    GuestState grown = guest(List.of(new Memory(2, true, List.of(page(16, 2)))), new long[0]);
    repository.save(ID, of(grown), first.pages());
    Memory loaded = repository.load(ID).orElseThrow().snapshot().guest().memories().getFirst();
    assertEquals(2, loaded.wasmPages());
    assertEquals(List.of(15, 16), loaded.pages().stream().map(Page::index).toList());
  }

  @Test
  void readsVersion1AndReplacesItAsAWhole() throws Exception {
    ControllerSnapshot old = snapshot(page(0, 1), page(5, 2));
    store.write(Version1.changes(ID, old));
    StoredController loaded = repository.load(ID).orElseThrow();
    assertEquals(Snapshots.text(old), Snapshots.text(loaded.snapshot()));
    assertFalse(loaded.snapshot().guest().memories().getFirst().overImage());
    assertEquals(StoredPages.NONE, loaded.pages());

    repository.save(ID, snapshot(page(5, 3)), loaded.pages());
    assertLoads(ID, snapshot(page(5, 3)));
    assertTrue(
        repository.load(ID).orElseThrow().snapshot().guest().memories().getFirst().overImage());
  }

  @Test
  void refusesASnapshotOfAnotherAbi() {
    save(snapshot());
    SnapshotRepository newer = new SnapshotRepository(store, "hiberlet:v9");
    CorruptSnapshotException refused =
        assertThrows(CorruptSnapshotException.class, () -> newer.load(ID));
    assertEquals(
        "the snapshot was taken under the ABI hiberlet:v1, this host has hiberlet:v9",
        refused.getMessage());
  }

  @Test
  void aStalePageIsFound() {
    SavedSnapshot first = save(snapshot(page(0, 1), page(1, 1)));
    byte[] key = SnapshotKeys.page(ID, 0, 1);
    byte[] stale = store.read(Table.PAGES, key).orElseThrow();
    repository.save(ID, snapshot(page(1, 2)), first.pages());
    store.write(List.of(new Change.Put(Table.PAGES, key, stale)));
    assertThrows(CorruptSnapshotException.class, () -> repository.load(ID));
  }

  @Test
  void quarantineTakesOneControllerAndNoOther() throws Exception {
    ControllerId other = new ControllerId("uid-2", "manager");
    save(snapshot(page(0, 1)));
    repository.save(other, snapshot(page(0, 2)), StoredPages.NONE);
    repository.quarantine(ID, "a test");
    assertEquals(Optional.empty(), repository.load(ID));
    assertEquals(List.of("uid-1_manager"), store.quarantined());
    assertLoads(other, snapshot(page(0, 2)));
  }

  @Test
  void takesPagesInAnyOrderAndGivesThemInTheirs() throws Exception {
    save(snapshot(page(9, 1), page(0, 2)));
    assertLoads(ID, snapshot(page(0, 2), page(9, 1)));
  }

  @Test
  void movesTheWatchesOnToTheNotedPositions() throws Exception {
    save(watching("10"));
    repository.movePosition(ID, 1, "20");
    repository.movePosition(ID, 1, "30");
    repository.movePosition(ID, 99, "7");
    assertEquals("30", positionOf(repository.operations(ID).orElseThrow()));
    StoredController resumed = repository.load(ID).orElseThrow();
    assertEquals("30", positionOf(resumed.snapshot().operations()));

    repository.save(ID, watching("40"), resumed.pages());
    assertEquals("40", positionOf(repository.operations(ID).orElseThrow()));
    assertEquals(List.of(), store.keys(Table.POSITIONS, new byte[0]));
  }

  @Test
  void keepsControllersApartThoughTheirNamesBeginAlike() throws Exception {
    List<ControllerId> ids = new ArrayList<>();
    for (String pod : List.of("a", "ab", "a-b")) {
      for (String container : List.of("c", "cd", "b")) {
        ids.add(new ControllerId(pod, container));
      }
    }
    for (int i = 0; i < ids.size(); i++) {
      repository.save(ids.get(i), Snapshots.random(i), StoredPages.NONE);
      repository.movePosition(ids.get(i), 1, "1");
    }
    assertEquals(Set.copyOf(ids), repository.ids());

    repository.delete(new ControllerId("ab", "c"));
    repository.deletePod("a");

    assertEquals(
        Set.of(
            new ControllerId("ab", "cd"),
            new ControllerId("ab", "b"),
            new ControllerId("a-b", "c"),
            new ControllerId("a-b", "cd"),
            new ControllerId("a-b", "b")),
        repository.ids());
    assertEquals(5, store.keys(Table.POSITIONS, new byte[0]).size());
    assertLoads(new ControllerId("ab", "cd"), Snapshots.random(4));
  }

  @Test
  void findsPagesThatAreMissingTooManyChangedOrMisplaced() {
    ControllerSnapshot good = snapshot(page(0, 1), page(5, 2));
    byte[] first = SnapshotKeys.page(ID, 0, 0);
    byte[][] bytes = {PageRecord.head(1), page(0, 1).bytes()};
    List<Change> harms =
        List.of(
            new Change.Delete(Table.PAGES, first),
            new Change.Put(Table.PAGES, first, new byte[PageRecord.BYTES]),
            new Change.Put(Table.PAGES, first, new byte[GuestState.PAGE_BYTES]),
            new Change.Put(Table.PAGES, first, new byte[1]),
            new Change.Put(Table.PAGES, SnapshotKeys.page(ID, 0, 1), bytes),
            new Change.Put(Table.PAGES, SnapshotKeys.page(ID, 0, 16), bytes),
            new Change.Put(Table.PAGES, SnapshotKeys.page(ID, 1, 0), bytes),
            new Change.Put(Table.PAGES, SnapshotKeys.position(ID, 0), bytes),
            new Change.Put(Table.SNAPSHOTS, SnapshotKeys.controller(ID), new byte[9]));
    for (Change harm : harms) {
      repository.delete(ID);
      save(good);
      store.write(List.of(harm));
      assertThrows(CorruptSnapshotException.class, () -> repository.load(ID), harm::toString);
      assertEquals(Set.of(ID), repository.ids());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void staysAtTheLastGoodStateWhateverFails(long seed) throws Exception {
    FaultySnapshotStore faulty =
        new FaultySnapshotStore(store, seed, new Faults(0.1, 0.1, 0.1, 0.1));
    SnapshotRepository failing = new SnapshotRepository(faulty);
    SplittableRandom random = new SplittableRandom(seed);
    ControllerSnapshot last = snapshot();
    save(last);
    int failed = 0;
    for (int round = 0; round < 200; round++) {
      ControllerSnapshot next = Snapshots.random(random.nextLong());
      try {
        failing.save(ID, next, StoredPages.NONE);
        last = next;
      } catch (StoreException e) {
        failed++;
      }
      assertLoads(ID, last);
    }
    assertTrue(failed > 10 && failed < 190, failed + " failed, seed " + seed);
  }

  @Test
  void refusesAHeadThatTheStoreCannotTake() throws Exception {
    ControllerSnapshot good = snapshot(page(0, 1));
    save(good);
    GuestState large = guest(List.of(), new long[3 << 20]);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            save(
                new ControllerSnapshot("sha256:1", large, OperationsState.INITIAL, Instant.EPOCH)));
    assertLoads(ID, good);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a\0b", "ä"})
  void refusesIdsThatCouldRunIntoOthers(String part) {
    assertThrows(IllegalArgumentException.class, () -> new ControllerId(part, "c"));
    assertThrows(IllegalArgumentException.class, () -> new ControllerId("u", part));
    assertThrows(IllegalArgumentException.class, () -> repository.deletePod(part));
  }

  private void assertLoads(ControllerId id, ControllerSnapshot expected) throws Exception {
    assertEquals(
        Snapshots.text(expected), Snapshots.text(repository.load(id).orElseThrow().snapshot()));
  }

  private static ControllerSnapshot snapshot(Page... pages) {
    return of(guest(List.of(new Memory(1, true, List.of(pages))), new long[0]));
  }

  private static ControllerSnapshot of(GuestState guest) {
    return new ControllerSnapshot("sha256:1", guest, OperationsState.INITIAL, Instant.EPOCH);
  }

  private SavedSnapshot save(ControllerSnapshot snapshot) {
    return repository.save(ID, snapshot, StoredPages.NONE);
  }

  private static GuestState guest(List<Memory> memories, long[] globals) {
    return new GuestState(
        memories,
        globals,
        List.of(),
        List.of(),
        List.of(),
        0,
        Instant.EPOCH,
        GuestSettings.NONE,
        List.of());
  }

  private static Page page(int index, int fill) {
    byte[] bytes = new byte[GuestState.PAGE_BYTES];
    bytes[7] = (byte) fill;
    return new Page(index, bytes);
  }

  private static ControllerSnapshot watching(String position) {
    byte[] message = "GET /api/v1/pods?watch=1 HTTP/1.1\r\n\r\n".getBytes(UTF_8);
    OperationsState operations =
        new OperationsState(2, List.of(new Watch(1, message, 1, position, true)));
    return new ControllerSnapshot("sha256:1", snapshot().guest(), operations, Instant.EPOCH);
  }

  private static String positionOf(OperationsState operations) {
    return ((Watch) operations.pending().getFirst()).resourceVersion();
  }
}
