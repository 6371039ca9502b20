package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.runtime.GuestState.Page;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The CRC32C of a memory's pages in the order of their indexes: of each, its index as a
 * little-endian i32, then its bytes. It ties the pages to their head, so pages of two snapshots can
 * never pass for one.
 */
final class PagesChecksum {

  private PagesChecksum() {}

  static int of(List<Page> pages) {
    CRC32C crc = new CRC32C();
    ByteBuffer index = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Page page : inOrder(pages)) {
      crc.update(index.clear().putInt(page.index()).flip());
      crc.update(page.bytes());
    }
    return (int) crc.getValue();
  }

  private static List<Page> inOrder(List<Page> pages) {
    return pages.stream().sorted(Comparator.comparingInt(Page::index)).toList();
  }
}
