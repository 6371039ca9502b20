package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.hibernation.SnapshotHead.MemoryShape;
import io.hiberlet.agent.hibernation.SnapshotHead.PageFormat;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestState.Memory;
import io.hiberlet.agent.runtime.GuestState.Page;
import io.hiberlet.agent.runtime.SparePages;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the page records of one controller in the order of their keys, and makes memories of them
 * if they are those that the head speaks of. Used by one thread.
 */
final class PageCollector {

  private static final int PAGES_PER_WASM_PAGE = 65_536 / GuestState.PAGE_BYTES;

  private final boolean generations;
  private final int recordBytes;
  private final Collected[] memories;
  private final StoredPages.Builder stored;
  private final SparePages.Supply arrays;

  private int strangers;

  /**
   * @param arrays what the pages are put into
   */
  PageCollector(SnapshotHead head, SparePages.Supply arrays) {
    this.arrays = arrays;
    this.generations = head.pages() instanceof PageFormat.Generations;
    this.recordBytes = generations ? PageRecord.BYTES : GuestState.PAGE_BYTES;
    this.stored =
        StoredPages.reading(head.pages() instanceof PageFormat.Generations(int last) ? last : 0);
    this.memories = head.memories().stream().map(Collected::new).toArray(Collected[]::new);
    for (int memory = 0; memory < memories.length; memory++) {
      stored.memory(memory, memories[memory].size);
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
    byte[] bytes = arrays.next();
    record.get(bytes);
    memories[memory].pages.add(new Page(index, bytes));
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

  /** What the next snapshot builds on; one of version 1 is replaced as a whole. */
  StoredPages stored() {
    return generations ? stored.build() : StoredPages.NONE;
  }

  /** One memory: what the head says of it, and its pages that were found. */
  private static final class Collected {
    final MemoryShape shape;
    final int size;
    final List<Page> pages;

    Collected(MemoryShape shape) {
      this.shape = shape;
      this.size = shape.wasmPages() * PAGES_PER_WASM_PAGE;
      this.pages = new ArrayList<>(shape.storedPages());
    }

    boolean expects(int index) {
      return index >= 0 && index < size && pages.size() < shape.storedPages();
    }
  }
}
