package io.hiberlet.agent.hibernation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.hostio.OperationsState.Pending;
import io.hiberlet.agent.hostio.OperationsState.Watch;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestState.Memory;
import io.hiberlet.agent.runtime.GuestState.Page;
import io.hiberlet.agent.runtime.SparePages;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreException;
import io.hiberlet.snapshot.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The snapshots of all controllers. Each call changes the store in one atomic write or not at all,
 * so a guest's state and the positions of its watches never disagree.
 *
 * <p>Thread-safe across controllers; calls for one controller must not overlap. Every method throws
 * {@link StoreException} when the store fails.
 */
public final class SnapshotRepository {

  private static final int PAGES_PER_WASM_PAGE = 65_536 / GuestState.PAGE_BYTES;

  private final SnapshotStore store;
  private final String abi;
  private final SparePages sparePages = new SparePages();
  private final PageReader pages;

  /**
   * @param store stays the caller's, who closes it
   */
  public SnapshotRepository(SnapshotStore store) {
    this(store, GuestModule.ABI);
  }

  /**
   * @param abi the contract with guests that this host keeps; snapshots of another are refused
   */
  SnapshotRepository(SnapshotStore store, String abi) {
    this.store = store;
    this.abi = abi;
    this.pages = new PageReader(store, sparePages);
  }

  /**
   * Replaces a controller's snapshot by one that builds on it: pages that the guest's state does
   * not list stay as they are stored. Positions noted since the last snapshot are part of the
   * operations by now and are dropped.
   *
   * @param base what the last call for this controller gave, be it this or {@link #load}; {@link
   *     StoredPages#NONE} when nothing stored counts and the state is complete
   * @throws IllegalArgumentException when the head of the snapshot (operations, globals, tables) is
   *     larger than a value of the store may be
   */
  public SavedSnapshot save(ControllerId id, ControllerSnapshot snapshot, StoredPages base) {
    StoredPages.Builder next = base.next();
    List<Memory> memories = snapshot.guest().memories();
    long written = 0;
    for (int memory = 0; memory < memories.size(); memory++) {
      next.memory(memory, memories.get(memory).wasmPages() * PAGES_PER_WASM_PAGE);
      for (Page page : memories.get(memory).pages()) {
        next.wrote(memory, page.index());
        written++;
      }
    }
    StoredPages stored = next.build();
    byte[] prefix = SnapshotKeys.controller(id);
    byte[] head = SnapshotCodec.encode(SnapshotHead.of(abi, snapshot, stored));
    List<Change> few = deletions(prefix, base);
    few.add(new Change.Put(Table.SNAPSHOTS, prefix, head));
    store.write(() -> new SnapshotChanges(few, id, memories, stored.generation()));
    long pageBytes = (long) prefix.length + SnapshotKeys.PAGE_SUFFIX_BYTES + PageRecord.BYTES;
    return new SavedSnapshot(stored, prefix.length + (long) head.length + written * pageBytes);
  }

  private List<Change> deletions(byte[] prefix, StoredPages base) {
    List<Change> deletions = new ArrayList<>();
    if (base.mayHavePositions()) {
      // One by one: a range deletion with every snapshot would slow down every later scan.
      for (byte[] position : store.keys(Table.POSITIONS, prefix)) {
        deletions.add(new Change.Delete(Table.POSITIONS, position));
      }
    }
    if (base == StoredPages.NONE && !store.keys(Table.PAGES, prefix).isEmpty()) {
      deletions.add(new Change.DeletePrefix(Table.PAGES, prefix));
    }
    return deletions;
  }

  /**
   * A controller's last snapshot, its watches moved on to the positions noted since; empty when it
   * has none.
   *
   * @throws CorruptSnapshotException when there is one but it cannot be trusted; {@link
   *     #quarantine} it and start the controller from scratch
   */
  public Optional<StoredController> load(ControllerId id) throws CorruptSnapshotException {
    return reading(
        id,
        () -> {
          Optional<SnapshotHead> stored = head(id);
          if (stored.isEmpty()) {
            return Optional.empty();
          }
          SnapshotHead head = stored.get();
          PageCollector found = pages.read(id, head);
          Map<Long, String> noted = notedPositions(id);
          ControllerSnapshot snapshot =
              head.toSnapshot(found.memories(), movedOn(head.operations(), noted));
          return Optional.of(new StoredController(snapshot, found.stored(!noted.isEmpty())));
        });
  }

  /** Where {@link #load} finds arrays for pages: guests that are let go of leave theirs here. */
  public SparePages sparePages() {
    return sparePages;
  }

  /**
   * The operations of {@link #load}, without reading any memory: what to wait for while the
   * controller sleeps.
   */
  public Optional<OperationsState> operations(ControllerId id) throws CorruptSnapshotException {
    return reading(id, () -> head(id).map(head -> movedOn(head.operations(), notedPositions(id))));
  }

  private Optional<SnapshotHead> head(ControllerId id) throws CorruptSnapshotException {
    Optional<byte[]> stored = store.read(Table.SNAPSHOTS, SnapshotKeys.controller(id));
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    SnapshotHead head = SnapshotCodec.decode(stored.get());
    if (!head.abi().equals(abi)) {
      throw new CorruptSnapshotException(
          "the snapshot was taken under the ABI %s, this host has %s".formatted(head.abi(), abi));
    }
    return Optional.of(head);
  }

  private Map<Long, String> notedPositions(ControllerId id) {
    byte[] prefix = SnapshotKeys.controller(id);
    Map<Long, String> noted = new HashMap<>();
    store.scan(
        Table.POSITIONS,
        prefix,
        (key, position) -> {
          ByteBuffer operation = suffix(key, prefix);
          if (operation.remaining() == Long.BYTES) {
            noted.put(operation.getLong(), UTF_8.decode(position).toString());
          }
        });
    return noted;
  }

  private static OperationsState movedOn(OperationsState operations, Map<Long, String> noted) {
    List<Pending> pending =
        operations.pending().stream().map(each -> movedOn(each, noted)).toList();
    return new OperationsState(operations.nextId(), pending);
  }

  private static Pending movedOn(Pending pending, Map<Long, String> noted) {
    return pending instanceof Watch watch && noted.containsKey(watch.id())
        ? new Watch(
            watch.id(), watch.message(), watch.flags(), noted.get(watch.id()), watch.headRead())
        : pending;
  }

  private static ByteBuffer suffix(ByteBuffer key, byte[] prefix) {
    return key.slice(key.position() + prefix.length, key.remaining() - prefix.length);
  }

  private <T> T reading(ControllerId id, Reading<T> reading) throws CorruptSnapshotException {
    try {
      return reading.read();
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.CORRUPT) {
        throw new CorruptSnapshotException(id + ": " + e.getMessage(), e);
      }
      throw e;
    }
  }

  /**
   * Notes that a watch moved on while its controller slept and nothing had to be delivered. Not to
   * be called between {@link #load} and the next {@link #save}, which would not look for it.
   *
   * @param operation the watch's id
   */
  public void movePosition(ControllerId id, long operation, String resourceVersion) {
    byte[] key = SnapshotKeys.position(id, operation);
    store.write(List.of(new Change.Put(Table.POSITIONS, key, resourceVersion.getBytes(UTF_8))));
  }

  /**
   * Takes what is stored of a controller out of the way and keeps it for a person to look at.
   *
   * @param reason why it cannot be used
   */
  public void quarantine(ControllerId id, String reason) {
    store.quarantine(
        id.podUid() + "_" + id.container(),
        Set.of(Table.SNAPSHOTS, Table.PAGES, Table.POSITIONS),
        SnapshotKeys.controller(id),
        reason);
  }

  /** Removes all that is stored of a controller, corrupt or not. */
  public void delete(ControllerId id) {
    deletePrefix(SnapshotKeys.controller(id));
  }

  /** Removes all that is stored of all controllers of a pod, corrupt or not. */
  public void deletePod(String podUid) {
    deletePrefix(SnapshotKeys.pod(podUid));
  }

  private void deletePrefix(byte[] prefix) {
    store.write(
        List.of(
            new Change.DeletePrefix(Table.SNAPSHOTS, prefix),
            new Change.DeletePrefix(Table.PAGES, prefix),
            new Change.DeletePrefix(Table.POSITIONS, prefix)));
  }

  /**
   * What the snapshots of a pod's controllers take, before the store packs them. Reads them all, at
   * any time.
   */
  public long bytes(String podUid) {
    byte[] prefix = SnapshotKeys.pod(podUid);
    AtomicLong sum = new AtomicLong();
    for (Table table : List.of(Table.SNAPSHOTS, Table.PAGES, Table.POSITIONS)) {
      store.scan(
          table, prefix, (key, value) -> sum.addAndGet(key.remaining() + (long) value.remaining()));
    }
    return sum.get();
  }

  /** Every controller that has a snapshot, be it corrupt or not. */
  public Set<ControllerId> ids() {
    Set<ControllerId> ids = new HashSet<>();
    for (byte[] key : store.keys(Table.SNAPSHOTS, new byte[0])) {
      ids.add(SnapshotKeys.controllerOf(key));
    }
    return ids;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read() throws CorruptSnapshotException;
  }
}
