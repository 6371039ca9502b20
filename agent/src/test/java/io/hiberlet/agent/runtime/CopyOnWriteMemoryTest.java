package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.wasm.ChicoryException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CopyOnWriteMemoryTest extends MemoryContract {
  private static final int PAGE = GuestState.PAGE_BYTES;

  @Override
  Memory memory(int initialPages, int maximumPages) {
    return new CopyOnWriteMemory(MemoryImage.ofZeros(initialPages), maximumPages);
  }

  @Test
  void beginsWithItsImageAndLeavesItAlone() {
    MemoryImage image = image();
    var first = new CopyOnWriteMemory(image, 4);
    var second = new CopyOnWriteMemory(image, 4);
    first.writeByte(PAGE + 1, (byte) 9);
    first.fill((byte) 8, 0, 10);
    assertEquals(9, first.read(PAGE + 1));
    assertEquals(1, second.read(PAGE + 1));
    assertEquals(0, second.read(0));
    assertEquals(1, new CopyOnWriteMemory(image, 4).read(PAGE + 1));
  }

  @Test
  void zeroGoesBackToTheImage() {
    var memory = new CopyOnWriteMemory(image(), 4);
    memory.grow(1);
    memory.writeLong(PAGE, -1);
    memory.writeLong(Memory.PAGE_SIZE, -1);
    memory.zero();
    assertEquals(2, memory.pages());
    assertEquals(1, memory.read(PAGE));
    assertEquals(0, memory.readLong(Memory.PAGE_SIZE));
    assertEquals(List.of(), captured(memory));
  }

  @Test
  void capturesWhatWasWritten() {
    var memory = new CopyOnWriteMemory(image(), 4);
    assertEquals(List.of(), captured(memory));
    memory.readLong(3 * PAGE);
    memory.writeLong(PAGE - 1, 7);
    memory.grow(1);
    memory.writeByte(2 * Memory.PAGE_SIZE - 1, (byte) 1);
    assertEquals(List.of(0, 1, 31), captured(memory));
    assertEquals(2, memory.capture().wasmPages());
    assertEquals(List.of(0, 1, 31), captured(memory));
  }

  @Test
  void capturesNoPageThatEqualsItsImage() {
    var memory = new CopyOnWriteMemory(image(), 4);
    memory.writeByte(PAGE, (byte) 2);
    memory.writeByte(0, (byte) 2);
    memory.writeByte(PAGE, (byte) 1);
    memory.fill((byte) 0, 0, PAGE);
    assertEquals(List.of(), captured(memory));
    memory.writeByte(0, (byte) 2);
    assertEquals(List.of(0), captured(memory));
  }

  @Test
  void capturesAStoredPageThatBecameItsImageAgain() {
    var memory = new CopyOnWriteMemory(image(), 4);
    memory.writeByte(PAGE, (byte) 2);
    memory.capture();
    memory.stored();
    assertEquals(List.of(), captured(memory));
    memory.writeByte(PAGE, (byte) 1);
    assertEquals(List.of(1), captured(memory));
  }

  @Test
  void capturesFromWhatWasStoredLast() {
    var memory = new CopyOnWriteMemory(image(), 4);
    memory.writeByte(0, (byte) 2);
    memory.capture();
    memory.stored();
    memory.writeByte(2 * PAGE, (byte) 2);
    assertEquals(List.of(2), captured(memory));
    memory.writeByte(0, (byte) 3);
    assertEquals(List.of(0, 2), captured(memory));
  }

  @Test
  void restoresOverTheImageAndKeepsTheArrays() {
    var memory = new CopyOnWriteMemory(image(), 4);
    byte[] page = filled(5);
    memory.restore(new GuestState.Memory(1, true, List.of(new GuestState.Page(3, page))));
    assertEquals(5, memory.read(3 * PAGE));
    assertEquals(1, memory.read(PAGE));
    assertEquals(List.of(), captured(memory));
    memory.writeByte(3 * PAGE, (byte) 6);
    assertSame(page, memory.capture().pages().getFirst().bytes());
    assertEquals(6, page[0]);
  }

  @Test
  void restoresInThePlaceOfTheImageWhatThenCountsAsWritten() {
    var memory = new CopyOnWriteMemory(image(), 4);
    memory.restore(new GuestState.Memory(1, false, List.of(new GuestState.Page(3, filled(5)))));
    assertEquals(5, memory.read(3 * PAGE));
    assertEquals(0, memory.read(PAGE));
    assertEquals(List.of(1, 3), captured(memory));
  }

  @Test
  void zerosOverZerosTakeNoMemory() {
    var memory = new CopyOnWriteMemory(image(), 4);
    memory.fill((byte) 0, 2 * PAGE, 16 * PAGE);
    assertSame(MemoryImage.ZERO_PAGE, memory.readable[2]);
    memory.fill((byte) 0, PAGE, 2 * PAGE);
    assertNotSame(MemoryImage.ZERO_PAGE, memory.readable[1]);
    assertEquals(List.of(1), captured(memory));
  }

  @Test
  void untouchedMemoriesShareTheirTables() {
    MemoryImage image = image();
    var memory = new CopyOnWriteMemory(image, 4);
    memory.readLong(0);
    memory.zero();
    assertSame(image.pages(), memory.readable);
    assertSame(image.unwritten(), memory.writable);
    memory.writeByte(0, (byte) 1);
    assertNotSame(image.pages(), memory.readable);
    assertFalse(Stream.of(image.unwritten()).anyMatch(page -> page != null));
  }

  @Test
  void becomesAnImage() {
    var memory = new CopyOnWriteMemory(image(), 4);
    memory.writeByte(5, (byte) 5);
    memory.fill((byte) 0, PAGE, 2 * PAGE);
    MemoryImage image = memory.toImage();
    assertEquals(5, image.page(0)[5]);
    assertSame(MemoryImage.ZERO_PAGE, image.page(1));
    assertSame(MemoryImage.ZERO_PAGE, image.page(99));
  }

  @Test
  void limitsAreChecked() {
    MemoryImage image = image();
    assertThrows(IllegalArgumentException.class, () -> new CopyOnWriteMemory(image, 0));
    assertThrows(IllegalArgumentException.class, () -> new CopyOnWriteMemory(image, 65_536));
  }

  @Test
  void atomicInstructionsAreLoadsAndStores() {
    Memory memory = memory(1, 1);
    memory.atomicWriteInt(8, 5);
    assertEquals(5, memory.atomicAddInt(8, 3));
    assertEquals(8, memory.atomicCmpxchgInt(8, 8, 1));
    assertEquals(1, memory.atomicCmpxchgInt(8, 8, 2));
    assertEquals(1, memory.atomicXchgLong(8, -1));
    assertEquals(-1, memory.atomicAndShort(8, (short) 15));
    assertEquals(15, memory.atomicReadByte(8));
    memory.atomicFence();
    assertTraps(Memory.PAGE_SIZE, memory::atomicReadInt);
    assertTraps(-4, address -> memory.atomicAddLong(address, 1));
  }

  @Test
  void nobodyWaitsOnMemoryThatIsNotShared() {
    Memory memory = memory(1, 1);
    assertFalse(memory.shared());
    assertEquals(0, memory.atomicNotify(0, 1));
    assertTraps(Memory.PAGE_SIZE, address -> memory.atomicNotify(address, 1));
    assertThrows(TrapException.class, () -> memory.atomicNotify(1, 1));
    ChicoryException thrown = assertThrows(TrapException.class, () -> memory.atomicWait(0, 0, -1));
    assertEquals("expected shared memory", thrown.getMessage());
    assertThrows(TrapException.class, () -> memory.atomicWait(0, 0L, -1));
  }

  /** One Wasm page whose second page of 4 KiB is full of ones. */
  private static MemoryImage image() {
    byte[][] pages =
        IntStream.range(0, 16).mapToObj(i -> filled(i == 1 ? 1 : 0)).toArray(byte[][]::new);
    MemoryImage image = MemoryImage.of(pages);
    assertArrayEquals(pages[1], image.page(1));
    return image;
  }

  private static byte[] filled(int value) {
    var bytes = new byte[PAGE];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static List<Integer> captured(CopyOnWriteMemory memory) {
    return memory.capture().pages().stream().map(GuestState.Page::index).toList();
  }
}
