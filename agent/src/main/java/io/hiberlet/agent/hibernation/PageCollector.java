package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.hibernation.SnapshotHead.MemoryShape;
import io.hiberlet.agent.hibernation.SnapshotHead.PageFormat;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestState.Memory;
import io.hiberlet.agent.runtime.GuestState.Page;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the page records of one controller in the order of their keys, and makes memories of them
 * if they are those that the head speaks of. Used by one thread.
 */
final class PageCollector {

  private final boolean generations;
  private final int recordBytes;
  private final Collected[] memories;
  private final StoredPages.Builder stored;
  private final byte[][] arrays;

  private int arraysUsed;
  private int strangers;

  /**
   * @param arrays what the first pages are put into, whatever is in them now
   */
  PageCollector(SnapshotHead head, byte[][] arrays) {
    this.arrays = arrays;
    this.generations = head.pages() instanceof PageFormat.Generations;
    this.recordBytes = generations ? PageRecord.BYTES : GuestState.PAGE_BYTES;
    this.stored =
        StoredPages.reading(head.pages() instanceof PageFormat.Generations(int last) ? last : 0);
    this.memories = head.memories().stream().map(Collected::new).toArray(Collected[]::new);
    for (int memory = 0; memory < memories.length; memory++) {
      stored.memory(memory, memories[memory].shape.pages());
    }
  }

  /** Takes one page. One that the head does not speak of is not kept, but spoils the whole. */
  void add(ByteBuffer memoryAndPage, ByteBuffer record) {
    if (memoryAndPage.remaining() != SnapshotKeys.PAGE_SUFFIX_BYTES) {
      strangers++;
      return;
    }
    int memory = Short.toUnsignedInt(memoryAndPage.getShort());
    int index = memoryAndPage.getInt();
    if (record.remaining() != recordBytes
        || memory >= memories.length
        || !memories[memory].expects(index)) {
      strangers++;
      return;
    }
    if (generations) {
      stored.found(memory, index, PageRecord.generation(record));
    }
    byte[] bytes = array();
    record.get(bytes);
    memories[memory].pages.add(new Page(index, bytes));
  }

  private byte[] array() {
    return arraysUsed < arrays.length ? arrays[arraysUsed++] : new byte[GuestState.PAGE_BYTES];
  }

  /** Adds what another has collected of the same snapshot, all of it behind what this has. */
  PageCollector with(PageCollector later) {
    for (int memory = 0; memory < memories.length; memory++) {
      for (Page page : later.memories[memory].pages) {
        stored.found(memory, page.index(), later.stored.generation(memory, page.index()));
        memories[memory].pages.add(page);
      }
    }
    strangers += later.strangers;
    return this;
  }

  List<Memory> memories() throws CorruptSnapshotException {
    if (strangers > 0) {
      throw new CorruptSnapshotException(
          "%d pages are stored that are not of the snapshot".formatted(strangers));
    }
    StoredPages found = stored.build();
    List<Memory> complete = new ArrayList<>();
    for (int i = 0; i < memories.length; i++) {
      List<Page> pages = memories[i].pages;
      MemoryShape shape = memories[i].shape;
      long tie = generations ? found.tie(i) : PagesChecksum.of(pages);
      if (pages.size() != shape.storedPages() || tie != shape.tie()) {
        throw new CorruptSnapshotException(
            "the pages of memory %d are not those of the snapshot".formatted(i));
      }
      complete.add(new Memory(shape.wasmPages(), generations, pages));
    }
    return complete;
  }

  /**
   * What the next snapshot builds on; one of version 1 is replaced as a whole.
   *
   * @param positions whether there are positions beside it
   */
  StoredPages stored(boolean positions) {
    return generations ? stored.positions(positions).build() : StoredPages.NONE;
  }

  /** One memory: what the head says of it, and its pages that were found. */
  private static final class Collected {
    final MemoryShape shape;
    final List<Page> pages;

    Collected(MemoryShape shape) {
      this.shape = shape;
      this.pages = new ArrayList<>(shape.storedPages());
    }

    boolean expects(int index) {
      return index >= 0 && index < shape.pages() && pages.size() < shape.storedPages();
    }
  }
}
