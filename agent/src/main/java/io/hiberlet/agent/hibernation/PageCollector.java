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

  private static final int PAGES_PER_WASM_PAGE = 65_536 / GuestState.PAGE_BYTES;

  private final List<MemoryShape> shapes;
  private final boolean generations;
  private final int recordBytes;
  private final List<List<Page>> pages = new ArrayList<>();
  private final StoredPages.Builder stored;

  private int strangers;

  PageCollector(SnapshotHead head) {
    this.shapes = head.memories();
    this.generations = head.pages() instanceof PageFormat.Generations;
    this.recordBytes = generations ? PageRecord.BYTES : GuestState.PAGE_BYTES;
    this.stored =
        StoredPages.reading(head.pages() instanceof PageFormat.Generations(int last) ? last : 0);
    for (int memory = 0; memory < shapes.size(); memory++) {
      MemoryShape shape = shapes.get(memory);
      pages.add(new ArrayList<>(shape.storedPages()));
      stored.memory(memory, shape.wasmPages() * PAGES_PER_WASM_PAGE);
    }
  }

  /** Takes one page. One that the head does not speak of is not kept, but spoils the whole. */
  void add(ByteBuffer memoryAndPage, ByteBuffer record) {
    if (memoryAndPage.remaining() != Short.BYTES + Integer.BYTES) {
      strangers++;
      return;
    }
    int memory = Short.toUnsignedInt(memoryAndPage.getShort());
    int index = memoryAndPage.getInt();
    if (!isExpected(memory, index, record)) {
      strangers++;
      return;
    }
    if (generations) {
      stored.found(memory, index, PageRecord.generation(record));
    }
    byte[] bytes = new byte[GuestState.PAGE_BYTES];
    record.get(bytes);
    pages.get(memory).add(new Page(index, bytes));
  }

  private boolean isExpected(int memory, int index, ByteBuffer record) {
    return memory < shapes.size()
        && index >= 0
        && index < shapes.get(memory).wasmPages() * PAGES_PER_WASM_PAGE
        && record.remaining() == recordBytes
        && pages.get(memory).size() < shapes.get(memory).storedPages();
  }

  List<Memory> memories() throws CorruptSnapshotException {
    if (strangers > 0) {
      throw new CorruptSnapshotException(
          "%d pages are stored that are not of the snapshot".formatted(strangers));
    }
    StoredPages found = stored.build();
    List<Memory> memories = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      MemoryShape shape = shapes.get(i);
      long tie = generations ? found.tie(i) : PagesChecksum.of(pages.get(i));
      if (pages.get(i).size() != shape.storedPages() || tie != shape.tie()) {
        throw new CorruptSnapshotException(
            "the pages of memory %d are not those of the snapshot".formatted(i));
      }
      memories.add(new Memory(shape.wasmPages(), generations, pages.get(i)));
    }
    return memories;
  }

  /** What the next snapshot builds on; one of version 1 is replaced as a whole. */
  StoredPages stored() {
    return generations ? stored.build() : StoredPages.NONE;
  }
}
