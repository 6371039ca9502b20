package io.hiberlet.agent.runtime;

import java.time.Instant;
import java.util.List;

/**
 * Everything that a guest is between two wakes, by index and not by export: with an empty Wasm
 * stack, this and the host's operations are all there is (docs/snapshot-format.md).
 *
 * @param globals one entry per global of the module, imported ones first; a v128 takes two entries
 * @param tables one entry per table: its elements as function indexes, -1 for null
 * @param droppedData the passive data segments that {@code data.drop} has emptied, by index
 * @param droppedElements the passive element segments that {@code elem.drop} has emptied, by index
 * @param monotonicNanos the guest's monotonic clock when it was captured
 * @param capturedAt the wall clock then: the monotonic clock goes on by the time that has passed
 * @param settings those that its life began with
 * @param descriptors what it has open beyond what every guest has
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
public record GuestState(
    List<Memory> memories,
    long[] globals,
    List<int[]> tables,
    List<Integer> droppedData,
    List<Integer> droppedElements,
    long monotonicNanos,
    Instant capturedAt,
    GuestSettings settings,
    List<OpenDescriptor> descriptors) {

  /** The size of a page of a snapshot, in bytes; a Wasm page has 16 of them. */
  public static final int PAGE_BYTES = 4096;

  public GuestState {
    memories = List.copyOf(memories);
    tables = List.copyOf(tables);
    droppedData = List.copyOf(droppedData);
    droppedElements = List.copyOf(droppedElements);
    descriptors = List.copyOf(descriptors);
  }

  /**
   * One linear memory.
   *
   * @param wasmPages its size in Wasm pages of 64 KiB
   * @param overImage whether a page that is not among {@code pages} is as in the module's initial
   *     image; zero otherwise
   * @param pages in a captured state those that changed (see {@link Guest#capture}), in one to
   *     resume all that differ from what {@code overImage} says
   */
  public record Memory(int wasmPages, boolean overImage, List<Page> pages) {
    public Memory {
      pages = List.copyOf(pages);
    }
  }

  /** {@link #PAGE_BYTES} bytes that begin at {@code index * PAGE_BYTES}. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  public record Page(int index, byte[] bytes) {}
}
