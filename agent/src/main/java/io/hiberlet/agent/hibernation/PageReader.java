package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.hibernation.SnapshotHead.MemoryShape;
import io.hiberlet.agent.runtime.SparePages;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreException;
import io.hiberlet.snapshot.Table;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/**
 * Reads the pages of snapshots. Those of a large one are read in two threads, each the records of
 * one half of its memory: to unpack and check them keeps a processor busy, and somebody waits for
 * the guest. Thread-safe.
 */
final class PageReader {

  /** 16 MiB, some 10 ms of work. */
  private static final int LARGE_PAGES = 4096;

  private final SnapshotStore store;
  private final SparePages spare;

  /**
   * @param spare where arrays for the pages are looked for
   */
  PageReader(SnapshotStore store, SparePages spare) {
    this.store = store;
    this.spare = spare;
  }

  /**
   * All that is stored in the place of a snapshot's pages.
   *
   * @throws StoreException when the disk fails or the stored bytes are corrupt
   */
  PageCollector read(ControllerId id, SnapshotHead head) {
    int pages = head.memories().stream().mapToInt(MemoryShape::storedPages).sum();
    byte[][] arrays = spare.take(pages); // at once, as the next collection may clear what is left
    byte[] first = SnapshotKeys.controller(id);
    byte[] end = SnapshotKeys.endOfController(id);
    if (pages < LARGE_PAGES) {
      return read(first, end, first.length, new PageCollector(head, arrays));
    }
    int half = arrays.length / 2;
    PageCollector lower = new PageCollector(head, Arrays.copyOf(arrays, half));
    PageCollector upper = new PageCollector(head, Arrays.copyOfRange(arrays, half, arrays.length));
    byte[] middle = middle(id, head);
    return inTwoThreads(
        () -> read(first, middle, first.length, lower),
        () -> read(middle, end, first.length, upper));
  }

  private PageCollector read(byte[] from, byte[] before, int prefixBytes, PageCollector pages) {
    store.scan(
        Table.PAGES, from, before, (key, page) -> pages.add(withoutPrefix(key, prefixBytes), page));
    return pages;
  }

  private static ByteBuffer withoutPrefix(ByteBuffer key, int prefixBytes) {
    return key.slice(key.position() + prefixBytes, key.remaining() - prefixBytes);
  }

  /** The key in the middle of the memory with the most pages. */
  private static byte[] middle(ControllerId id, SnapshotHead head) {
    int memory =
        IntStream.range(0, head.memories().size())
            .boxed()
            .max(Comparator.comparingInt(index -> head.memories().get(index).storedPages()))
            .orElseThrow();
    return SnapshotKeys.page(id, memory, head.memories().get(memory).pages() / 2);
  }

  /** Returns when both have ended, however they did. */
  private static PageCollector inTwoThreads(Part here, Part elsewhere) {
    CompletableFuture<PageCollector> upper =
        CompletableFuture.supplyAsync(
            elsewhere::read,
            reading -> Thread.ofPlatform().daemon().name("page-reader").start(reading));
    CompletableFuture<PageCollector> lower =
        CompletableFuture.supplyAsync(here::read, Runnable::run);
    try {
      return lower.thenCombine(upper, PageCollector::with).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StoreException failure ? failure : e;
    }
  }

  @FunctionalInterface
  private interface Part {
    PageCollector read();
  }
}
