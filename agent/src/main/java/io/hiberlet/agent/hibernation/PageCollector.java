package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.hibernation.SnapshotHead.MemoryShape;
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
  private final List<List<Page>> pages = new ArrayList<>();

  private int strangers;

  PageCollector(List<MemoryShape> shapes) {
    this.shapes = shapes;
    shapes.forEach(shape -> pages.add(new ArrayList<>()));
  }

  /** Takes one page. One that the head does not speak of is not kept, but spoils the whole. */
  void add(ByteBuffer memoryAndPage, ByteBuffer page) {
    byte[] bytes = new byte[page.remaining()];
    page.get(bytes);
    if (memoryAndPage.remaining() != Short.BYTES + Integer.BYTES) {
      strangers++;
      return;
    }
    int memory = Short.toUnsignedInt(memoryAndPage.getShort());
    int index = memoryAndPage.getInt();
    if (isExpected(memory, index, bytes)) {
      pages.get(memory).add(new Page(index, bytes));
    } else {
      strangers++;
    }
  }

  private boolean isExpected(int memory, int index, byte[] bytes) {
    return memory < shapes.size()
        && index >= 0
        && index < shapes.get(memory).wasmPages() * PAGES_PER_WASM_PAGE
        && bytes.length == GuestState.PAGE_BYTES
        && pages.get(memory).size() < shapes.get(memory).storedPages();
  }

  List<Memory> memories() throws CorruptSnapshotException {
    if (strangers > 0) {
      throw new CorruptSnapshotException(
          "%d pages are stored that are not of the snapshot".formatted(strangers));
    }
    List<Memory> memories = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      MemoryShape shape = shapes.get(i);
      if (pages.get(i).size() != shape.storedPages()
          || PagesChecksum.of(pages.get(i)) != shape.checksum()) {
        throw new CorruptSnapshotException(
            "the pages of memory %d are not those of the snapshot".formatted(i));
      }
      memories.add(new Memory(shape.wasmPages(), false, pages.get(i)));
    }
    return memories;
  }
}
