package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestState.Memory;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A snapshot without its pages, and what its pages must add up to.
 *
 * @param abi the contract between guest and host under which the state came to be
 * @param guest its state with no memories
 * @param pages how its pages are stored
 * @param memories what is stored apart from this
 */
record SnapshotHead(
    String abi,
    String moduleDigest,
    Instant takenAt,
    OperationsState operations,
    GuestState guest,
    PageFormat pages,
    List<MemoryShape> memories) {

  /** How the pages of a snapshot are stored. */
  sealed interface PageFormat {

    /** Version 1: all pages that are not zero, tied to the head by a checksum of their bytes. */
    record Contents() implements PageFormat {}

    /**
     * Version 2: the pages that differ from the module's image, each with the generation that wrote
     * it.
     *
     * @param last the generation of this snapshot
     */
    record Generations(int last) implements PageFormat {}
  }

  /**
   * @param wasmPages its size in Wasm pages of 64 KiB
   * @param storedPages how many snapshot pages of it are stored
   * @param tie of those: {@link StoredPages#tie}, or a {@link PagesChecksum} in version 1
   */
  record MemoryShape(int wasmPages, int storedPages, long tie) {
    private static final int PAGES_PER_WASM_PAGE = 65_536 / GuestState.PAGE_BYTES;

    /** Its size in snapshot pages, stored or not. */
    int pages() {
      return wasmPages * PAGES_PER_WASM_PAGE;
    }
  }

  static SnapshotHead of(String abi, ControllerSnapshot snapshot, StoredPages stored) {
    List<Memory> memories = snapshot.guest().memories();
    return new SnapshotHead(
        abi,
        snapshot.moduleDigest(),
        snapshot.takenAt(),
        snapshot.operations(),
        withMemories(snapshot.guest(), List.of()),
        new PageFormat.Generations(stored.generation()),
        IntStream.range(0, memories.size())
            .mapToObj(
                memory ->
                    new MemoryShape(
                        memories.get(memory).wasmPages(), stored.count(memory), stored.tie(memory)))
            .toList());
  }

  ControllerSnapshot toSnapshot(List<Memory> memories, OperationsState current) {
    return new ControllerSnapshot(moduleDigest, withMemories(guest, memories), current, takenAt);
  }

  private static GuestState withMemories(GuestState guest, List<Memory> memories) {
    return new GuestState(
        memories,
        guest.globals(),
        guest.tables(),
        guest.droppedData(),
        guest.droppedElements(),
        guest.monotonicNanos(),
        guest.capturedAt(),
        guest.settings(),
        guest.descriptors());
  }
}
