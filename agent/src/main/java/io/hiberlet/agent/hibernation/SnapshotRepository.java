package io.hiberlet.agent.hibernation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.hostio.OperationsState.Pending;
import io.hiberlet.agent.hostio.OperationsState.Watch;
import io.hiberlet.agent.runtime.GuestState.Memory;
import io.hiberlet.agent.runtime.GuestState.Page;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreException;
import io.hiberlet.snapshot.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of all controllers. Each call changes the store in one atomic write or not at all,
 * so a guest's state and the positions of its watches never disagree.
 *
 * <p>Thread-safe across controllers; calls for one controller must not overlap. Every method throws
 * {@link StoreException} when the store fails.
 */
public final class SnapshotRepository {

  private static final Logger log = LoggerFactory.getLogger(SnapshotRepository.class);

  private final SnapshotStore store;

  /**
   * @param store stays the caller's, who closes it
   */
  public SnapshotRepository(SnapshotStore store) {
    this.store = store;
  }

  /**
   * Replaces a controller's snapshot. Only the pages that differ from the stored ones are written:
   * reading is cheap, and flash wears out by writing. Positions noted since the last snapshot are
   * part of the operations by now and are dropped.
   *
   * @return the bytes of keys and values written, before compression
   * @throws IllegalArgumentException when the head of the snapshot (operations, globals, tables) is
   *     larger than a value of the store may be
   */
  public long save(ControllerId id, ControllerSnapshot snapshot) {
    byte[] prefix = SnapshotKeys.controller(id);
    List<Change> changes = pageChanges(id, snapshot.guest().memories());
    byte[] head = SnapshotCodec.encode(SnapshotHead.of(snapshot));
    changes.add(new Change.Put(Table.SNAPSHOTS, prefix, head));
    // One by one: a range deletion with every snapshot would slow down every later scan.
    for (byte[] position : store.keys(Table.POSITIONS, prefix)) {
      changes.add(new Change.Delete(Table.POSITIONS, position));
    }
    store.write(changes);
    return bytesPut(changes);
  }

  private List<Change> pageChanges(ControllerId id, List<Memory> memories) {
    byte[] prefix = SnapshotKeys.controller(id);
    SortedMap<byte[], byte[]> wanted = pagesByKey(id, memories);
    List<Change> changes = new ArrayList<>();
    try {
      Map<byte[], byte[]> differing = new TreeMap<>(wanted);
      store.scan(
          Table.PAGES,
          prefix,
          (buffer, stored) -> {
            byte[] key = new byte[buffer.remaining()];
            buffer.get(key);
            byte[] page = wanted.get(key);
            if (page == null) {
              changes.add(new Change.Delete(Table.PAGES, key));
            } else if (ByteBuffer.wrap(page).equals(stored)) {
              differing.remove(key);
            }
          });
      differing.forEach((key, page) -> changes.add(new Change.Put(Table.PAGES, key, page)));
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.CORRUPT) {
        throw e;
      }
      log.atWarn().setCause(e).addKeyValue("controller", id).log("replacing corrupt pages");
      changes.clear();
      changes.add(new Change.DeletePrefix(Table.PAGES, prefix));
      wanted.forEach((key, page) -> changes.add(new Change.Put(Table.PAGES, key, page)));
    }
    return changes;
  }

  private static SortedMap<byte[], byte[]> pagesByKey(ControllerId id, List<Memory> memories) {
    SortedMap<byte[], byte[]> pages = new TreeMap<>(Arrays::compareUnsigned);
    for (int memory = 0; memory < memories.size(); memory++) {
      for (Page page : memories.get(memory).pages()) {
        pages.put(SnapshotKeys.page(id, memory, page.index()), page.bytes());
      }
    }
    return pages;
  }

  private static long bytesPut(List<Change> changes) {
    long bytes = 0;
    for (Change change : changes) {
      if (change instanceof Change.Put(Table _, byte[] key, byte[] value)) {
        bytes += key.length + value.length;
      }
    }
    return bytes;
  }

  /**
   * A controller's last snapshot, its watches moved on to the positions noted since; empty when it
   * has none.
   *
   * @throws CorruptSnapshotException when there is one but it cannot be trusted; {@link #delete} it
   *     and start the controller from scratch
   */
  public Optional<ControllerSnapshot> load(ControllerId id) throws CorruptSnapshotException {
    return reading(
        id,
        () -> {
          Optional<SnapshotHead> head = head(id);
          if (head.isEmpty()) {
            return Optional.empty();
          }
          List<Memory> memories = memories(id, head.get());
          return Optional.of(head.get().toSnapshot(memories, atNotedPositions(id, head.get())));
        });
  }

  /**
   * The operations of {@link #load}, without reading any memory: what to wait for while the
   * controller sleeps.
   */
  public Optional<OperationsState> operations(ControllerId id) throws CorruptSnapshotException {
    return reading(id, () -> head(id).map(head -> atNotedPositions(id, head)));
  }

  private Optional<SnapshotHead> head(ControllerId id) throws CorruptSnapshotException {
    Optional<byte[]> stored = store.read(Table.SNAPSHOTS, SnapshotKeys.controller(id));
    return stored.isEmpty() ? Optional.empty() : Optional.of(SnapshotCodec.decode(stored.get()));
  }

  private List<Memory> memories(ControllerId id, SnapshotHead head)
      throws CorruptSnapshotException {
    byte[] prefix = SnapshotKeys.controller(id);
    PageCollector collector = new PageCollector(head.memories());
    store.scan(Table.PAGES, prefix, (key, page) -> collector.add(suffix(key, prefix), page));
    return collector.memories();
  }

  private OperationsState atNotedPositions(ControllerId id, SnapshotHead head) {
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
    List<Pending> pending =
        head.operations().pending().stream().map(each -> movedOn(each, noted)).toList();
    return new OperationsState(head.operations().nextId(), pending);
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
   * Notes that a watch moved on while its controller slept and nothing had to be delivered.
   *
   * @param operation the watch's id
   */
  public void movePosition(ControllerId id, long operation, String resourceVersion) {
    byte[] key = SnapshotKeys.position(id, operation);
    store.write(List.of(new Change.Put(Table.POSITIONS, key, resourceVersion.getBytes(UTF_8))));
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
