package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.WasmRuntimeException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What Chicory's compiled code may expect of a memory, whoever wrote it. */
abstract class MemoryContract {
  private static final int PAGE = Memory.PAGE_SIZE;

  /** A new memory of zeros. */
  abstract Memory memory(int initialPages, int maximumPages);

  /** The accesses of one instruction, for a number of any size: its low bytes. */
  private record Access(String name, int size, Load load, Store store) {
    interface Load {
      long from(Memory memory, int address);
    }

    interface Store {
      void to(Memory memory, int address, long value);
    }

    long cut(long value) {
      return size == Long.BYTES ? value : value & ((1L << (size * Byte.SIZE)) - 1);
    }
  }

  private static final Access[] ACCESSES = {
    new Access("i8", 1, (m, a) -> m.readU8(a), (m, a, v) -> m.writeByte(a, (byte) v)),
    new Access("i16", 2, (m, a) -> m.readU16(a), (m, a, v) -> m.writeShort(a, (short) v)),
    new Access("i32", 4, (m, a) -> m.readU32(a), (m, a, v) -> m.writeI32(a, (int) v)),
    new Access("i64", 8, (m, a) -> m.readI64(a), (m, a, v) -> m.writeLong(a, v)),
    new Access(
        "f32",
        4,
        (m, a) -> Integer.toUnsignedLong(Float.floatToRawIntBits(m.readFloat(a))),
        (m, a, v) -> m.writeF32(a, Float.intBitsToFloat((int) v))),
    new Access(
        "f64",
        8,
        (m, a) -> Double.doubleToRawLongBits(m.readDouble(a)),
        (m, a, v) -> m.writeF64(a, Double.longBitsToDouble(v))),
  };

  @TestFactory
  Stream<DynamicTest> storesAndLoadsAtEveryAlignmentAndAcrossPages() {
    return eachAccess(
        access -> {
          Memory memory = memory(2, 2);
          for (int boundary : new int[] {16, 4096, 8192, PAGE}) {
            for (int address = boundary - 9; address <= boundary + 9; address++) {
              long value = 0x0102030405060708L * address;
              access.store.to(memory, address, value);
              assertEquals(access.cut(value), access.load.from(memory, address), "at " + address);
              assertBytes(memory, address, access.size, value);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> storesNothingElse() {
    return eachAccess(
        access -> {
          for (int address : new int[] {100, 4096 - 1, PAGE - 3}) {
            Memory memory = memory(2, 2);
            memory.fill((byte) 0x55, 0, 2 * PAGE);
            access.store.to(memory, address, 0);
            byte[] expected = memory.readBytes(0, 2 * PAGE);
            for (int i = 0; i < expected.length; i++) {
              boolean inside = i >= address && i < address + access.size;
              assertEquals(inside ? 0 : 0x55, expected[i], "at " + i);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> accessesOutOfBoundsTrapAndStoreNothing() {
    return eachAccess(
        access -> {
          Memory memory = memory(1, 4);
          memory.fill((byte) 0x55, 0, PAGE);
          IntStream outside =
              IntStream.concat(
                  IntStream.rangeClosed(PAGE - access.size + 1, PAGE + 8),
                  IntStream.of(2 * PAGE, Integer.MAX_VALUE, Integer.MIN_VALUE, -4096, -8, -1));
          outside.forEach(
              address -> {
                assertTraps(address, a -> access.load.from(memory, a));
                assertTraps(address, a -> access.store.to(memory, a, -1));
              });
          assertArrayEquals(filled(PAGE, 0x55), memory.readBytes(0, PAGE));
          access.store.to(memory, PAGE - access.size, 0);
        });
  }

  @Test
  void rangesOutOfBoundsTrapAndChangeNothing() {
    Memory memory = memory(1, 4);
    memory.fill((byte) 0x55, 0, PAGE);
    int[][] outside = {
      {0, PAGE + 1},
      {PAGE - 1, 2},
      {PAGE, 1},
      {PAGE + 1, 0},
      {-1, 0},
      {-1, 1},
      {0, -1},
      {-4096, 4096}
    };
    for (int[] range : outside) {
      int at = range[0];
      int size = range[1];
      assertTraps(at, a -> memory.fill((byte) 1, a, a + size));
      assertTraps(at, a -> memory.copy(a, 0, size));
      assertTraps(at, a -> memory.copy(0, a, size));
      assertTraps(at, a -> memory.readBytes(a, size));
      assertTraps(at, a -> memory.write(a, new byte[2 * PAGE], 0, size));
      assertTraps(at, a -> memory.write(0, new byte[PAGE], a, size));
    }
    assertArrayEquals(filled(PAGE, 0x55), memory.readBytes(0, PAGE));
  }

  @Test
  void emptyRangesMayEndTheMemory() {
    Memory memory = memory(1, 1);
    memory.fill((byte) 1, PAGE, PAGE);
    memory.copy(PAGE, 0, 0);
    memory.copy(0, PAGE, 0);
    memory.write(PAGE, new byte[3], 3, 0);
    assertEquals(0, memory.readBytes(PAGE, 0).length);
    assertArrayEquals(new byte[PAGE], memory.readBytes(0, PAGE));
  }

  @Test
  void fillsAcrossPages() {
    Memory memory = memory(2, 2);
    memory.fill((byte) 7, 4000, PAGE + 50);
    for (int i = 0; i < 2 * PAGE; i++) {
      assertEquals(i >= 4000 && i < PAGE + 50 ? 7 : 0, memory.read(i), "at " + i);
    }
    memory.fill((byte) 0, 4000, PAGE + 50);
    assertArrayEquals(new byte[2 * PAGE], memory.readBytes(0, 2 * PAGE));
  }

  @Test
  void copiesAsIfThroughABuffer() {
    int[] places = {0, 1, 100, 4095, 4096, 8000, 12_288, PAGE - 5000};
    for (int size : new int[] {1, 100, 4096, 5000, 20_000}) {
      for (int from : places) {
        for (int to : places) {
          Memory memory = memory(2, 2);
          byte[] expected = numbered(2 * PAGE);
          memory.write(0, expected);
          System.arraycopy(expected, from, expected, to, size);
          memory.copy(to, from, size);
          assertArrayEquals(
              expected, memory.readBytes(0, 2 * PAGE), from + " to " + to + ", " + size);
        }
      }
    }
  }

  @Test
  void writesAndReadsAnyPartOfAnArray() {
    Memory memory = memory(2, 2);
    byte[] bytes = numbered(10_000);
    memory.write(4000, bytes, 5, 9000);
    assertArrayEquals(Arrays.copyOfRange(bytes, 5, 9005), memory.readBytes(4000, 9000));
    assertEquals(0, memory.read(3999));
    assertEquals(0, memory.read(13_000));
  }

  @Test
  void growsByZerosUpToItsMaximum() {
    Memory memory = memory(1, 3);
    memory.writeLong(PAGE - 8, -1);
    assertEquals(1, memory.grow(0));
    assertEquals(1, memory.grow(1));
    assertEquals(2, memory.pages());
    assertEquals(0, memory.readLong(PAGE));
    assertEquals(-1, memory.readLong(PAGE - 8));
    memory.writeLong(PAGE - 4, 5);
    for (int tooMuch : new int[] {2, 3, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
      assertEquals(-1, memory.grow(tooMuch), "by " + tooMuch);
    }
    assertEquals(2, memory.grow(1));
    assertEquals(3, memory.pages());
    assertEquals(1, memory.initialPages());
    assertEquals(3, memory.maximumPages());
    memory.writeByte(3 * PAGE - 1, (byte) 1);
    assertTraps(3 * PAGE, memory::read);
  }

  @Test
  void mayBeEmpty() {
    Memory memory = memory(0, 1);
    assertTraps(0, memory::read);
    memory.fill((byte) 1, 0, 0);
    assertEquals(0, memory.grow(1));
    assertEquals(0, memory.read(PAGE - 1));
  }

  @Test
  void signedAndUnsignedLoadsDiffer() {
    Memory memory = memory(1, 1);
    memory.writeLong(0, -2);
    assertEquals(254, memory.readU8(0));
    assertEquals(-2, memory.readI8(0));
    assertEquals(65_534, memory.readU16(0));
    assertEquals(-2, memory.readI16(0));
    assertEquals(4_294_967_294L, memory.readU32(0));
    assertEquals(-2, memory.readI32(0));
  }

  @Test
  void keepsTheBitsOfEveryNotANumber() {
    Memory memory = memory(2, 2);
    for (int address : new int[] {0, 4093, PAGE - 1}) {
      memory.writeI32(address, 0x7fa00001);
      memory.writeF32(address, memory.readFloat(address));
      assertEquals(0x7fa00001, memory.readInt(address));
      memory.writeLong(address, 0x7ff4000000000001L);
      memory.writeF64(address, memory.readDouble(address));
      assertEquals(0x7ff4000000000001L, memory.readLong(address));
    }
  }

  private static Stream<DynamicTest> eachAccess(Consumer<Access> test) {
    return Stream.of(ACCESSES)
        .map(access -> DynamicTest.dynamicTest(access.name, () -> test.accept(access)));
  }

  private static void assertBytes(Memory memory, int address, int size, long value) {
    for (int i = 0; i < size; i++) {
      assertEquals((byte) (value >>> (i * Byte.SIZE)), memory.read(address + i));
    }
  }

  static void assertTraps(int address, IntConsumer access) {
    var thrown =
        assertThrows(
            WasmRuntimeException.class, () -> access.accept(address), "at address " + address);
    assertTrue(thrown.getMessage().startsWith("out of bounds memory access"), thrown.getMessage());
  }

  private static byte[] filled(int size, int value) {
    var bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] numbered(int size) {
    var bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    return bytes;
  }
}
