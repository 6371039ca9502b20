package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestState.Memory;
import java.time.Instant;
import java.util.List;

/**
 * A snapshot without its pages, and what its pages must add up to.
 *
 * @param guest its state with no memories
 * @param memories what is stored apart from this
 */
record SnapshotHead(
    String moduleDigest,
    Instant takenAt,
    OperationsState operations,
    GuestState guest,
    List<MemoryShape> memories) {

  /**
   * @param wasmPages its size in Wasm pages of 64 KiB
   * @param storedPages how many snapshot pages of it are stored
   * @param checksum of those, a {@link PagesChecksum}
   */
  record MemoryShape(int wasmPages, int storedPages, int checksum) {}

  static SnapshotHead of(ControllerSnapshot snapshot) {
    return new SnapshotHead(
        snapshot.moduleDigest(),
        snapshot.takenAt(),
        snapshot.operations(),
        withMemories(snapshot.guest(), List.of()),
        snapshot.guest().memories().stream().map(SnapshotHead::shape).toList());
  }

  private static MemoryShape shape(Memory memory) {
    return new MemoryShape(
        memory.wasmPages(), memory.pages().size(), PagesChecksum.of(memory.pages()));
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
        guest.capturedAt());
  }
}
