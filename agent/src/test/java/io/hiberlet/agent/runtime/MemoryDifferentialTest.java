package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.WasmRuntimeException;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Random operations on Chicory's memory and on ours, in step, with snapshots and resumptions in
 * between. What both answer, all bytes, and the pages that a snapshot has must agree with a model.
 * To replay a failure, run {@code -Dmemory.seed=N}.
 */
class MemoryDifferentialTest {
  private static final int SEEDS = 3000;
  private static final int OPERATIONS = 120;
  private static final int PAGE = GuestState.PAGE_BYTES;

  @Test
  void behavesAsChicorysMemoryDoes() {
    String replayed = System.getProperty("memory.seed");
    if (replayed != null) {
      new Run(Long.parseLong(replayed)).run();
      return;
    }
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        new Run(seed).run();
      } catch (RuntimeException | AssertionError e) {
        fail("-Dmemory.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** One seed: two memories, and a model of what is on the disk. */
  private static final class Run {
    private final Random random;
    private final MemoryImage image;
    private final int maximum;
    private final Memory expected;
    private CopyOnWriteMemory actual;

    /** By index, as the store would have them. */
    private final Map<Integer, byte[]> disk = new TreeMap<>();

    /** Captured and not known to be stored: the disk may have them all the same. */
    private final BitSet uncertain = new BitSet();

    private final BitSet written = new BitSet();

    Run(long seed) {
      random = new Random(seed);
      int initial = random.nextInt(3);
      maximum = initial + random.nextInt(4);
      image = randomImage(initial);
      expected = new ByteArrayMemory(new MemoryLimits(initial, maximum));
      actual = new CopyOnWriteMemory(image, maximum);
      for (int i = 0; i < initial * 16; i++) {
        expected.write(i * PAGE, image.page(i));
      }
    }

    private MemoryImage randomImage(int wasmPages) {
      var pages = new byte[wasmPages * 16][PAGE];
      for (byte[] page : pages) {
        if (random.nextInt(3) == 0) {
          random.nextBytes(page);
        }
      }
      return MemoryImage.of(pages);
    }

    void run() {
      for (int i = 0; i < OPERATIONS; i++) {
        step();
      }
      assertSameContents();
      capture(true);
      resume();
      assertSameContents();
    }

    private void step() {
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3, 4 -> load();
        case 5, 6, 7, 8, 9, 10, 11 -> store();
        case 12 -> fill();
        case 13, 14 -> copy();
        case 15 -> bytes();
        case 16 -> grow();
        case 17 -> backToImage();
        case 18 -> capture(random.nextBoolean());
        default -> {
          if (random.nextInt(4) == 0) {
            resume();
          }
        }
      }
    }

    private void load() {
      int at = address();
      List<Function<Memory, Object>> loads =
          List.of(
              m -> m.read(at),
              m -> m.readU8(at),
              m -> m.readShort(at),
              m -> m.readU16(at),
              m -> m.readInt(at),
              m -> m.readU32(at),
              m -> m.readLong(at),
              m -> Float.floatToRawIntBits(m.readFloat(at)),
              m -> Double.doubleToRawLongBits(m.readDouble(at)),
              m -> m.readF32(at),
              m -> m.readF64(at));
      onBoth(loads.get(random.nextInt(loads.size())));
    }

    private void store() {
      int at = address();
      long value = random.nextBoolean() ? random.nextLong() : 0;
      int size = 1 << random.nextInt(4);
      boolean real = random.nextInt(4) == 0;
      onBoth(
          m -> {
            switch (size) {
              case 1 -> m.writeByte(at, (byte) value);
              case 2 -> m.writeShort(at, (short) value);
              case 4 -> {
                if (real) {
                  m.writeF32(at, Float.intBitsToFloat((int) value));
                } else {
                  m.writeI32(at, (int) value);
                }
              }
              default -> {
                if (real) {
                  m.writeF64(at, Double.longBitsToDouble(value));
                } else {
                  m.writeLong(at, value);
                }
              }
            }
            return size;
          });
      note(at, size);
    }

    private void fill() {
      int from = address();
      int size = size();
      byte value = (byte) random.nextInt(3);
      onBoth(
          m -> {
            m.fill(value, from, from + size);
            return size;
          });
      note(from, size);
    }

    private void copy() {
      int to = address();
      int from = random.nextBoolean() ? address() : to + random.nextInt(9000) - 4500;
      int size = size();
      onBoth(
          m -> {
            m.copy(to, from, size);
            return size;
          });
      if (inBounds(from, size)) {
        note(to, size);
      }
    }

    private void bytes() {
      int at = address();
      var bytes = new byte[size() + 8];
      random.nextBytes(bytes);
      int offset = random.nextInt(8);
      onBoth(
          m -> {
            m.write(at, bytes, offset, bytes.length - 8);
            return Arrays.toString(m.readBytes(at, bytes.length - 8));
          });
      note(at, bytes.length - 8);
    }

    private void grow() {
      int by = random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(2);
      onBoth(m -> m.grow(by));
      assertEquals(expected.pages(), actual.pages());
    }

    /** A page that is written, and equals its image all the same. */
    private void backToImage() {
      int count = expected.pages() * 16;
      if (count > 0) {
        int page = random.nextInt(count);
        onBoth(
            m -> {
              m.write(page * PAGE, image.page(page));
              return page;
            });
        note(page * PAGE, PAGE);
      }
    }

    private void capture(boolean stored) {
      GuestState.Memory state = actual.capture();
      assertEquals(expected.pages(), state.wasmPages());
      var indexes = new ArrayList<Integer>();
      for (GuestState.Page page : state.pages()) {
        indexes.add(page.index());
        assertArrayEquals(expectedPage(page.index()), page.bytes(), "page " + page.index());
      }
      assertEquals(changed(), indexes);
      indexes.forEach(uncertain::set);
      if (stored) {
        state.pages().forEach(page -> disk.put(page.index(), page.bytes().clone()));
        actual.stored();
        written.clear();
      }
    }

    /**
     * Written to, and different from the image or from what the disk may have in its place. Zeros
     * that are filled over zeros do not count as written, and equal the image unless the disk has
     * them.
     */
    private List<Integer> changed() {
      return written.stream()
          .filter(
              i ->
                  disk.containsKey(i)
                      || uncertain.get(i)
                      || !Arrays.equals(expectedPage(i), image.page(i)))
          .boxed()
          .toList();
    }

    private void resume() {
      capture(true);
      uncertain.clear();
      actual = new CopyOnWriteMemory(image, maximum);
      actual.grow(expected.pages() - actual.pages());
      List<GuestState.Page> pages =
          disk.entrySet().stream()
              .map(page -> new GuestState.Page(page.getKey(), page.getValue().clone()))
              .toList();
      if (random.nextBoolean()) {
        actual.restore(new GuestState.Memory(expected.pages(), true, pages));
      } else {
        resumeVersion1();
      }
    }

    /** All pages that are not zero; nothing of it is on the disk in a form that counts. */
    private void resumeVersion1() {
      disk.clear();
      var pages = new ArrayList<GuestState.Page>();
      for (int i = 0; i < expected.pages() * 16; i++) {
        byte[] page = expectedPage(i);
        if (!Arrays.equals(page, MemoryImage.ZERO_PAGE)) {
          pages.add(new GuestState.Page(i, page));
        }
      }
      actual.restore(new GuestState.Memory(expected.pages(), false, pages));
      written.set(0, expected.pages() * 16);
    }

    private byte[] expectedPage(int index) {
      return expected.readBytes(index * PAGE, PAGE);
    }

    private void note(int address, int size) {
      if (size > 0 && inBounds(address, size)) {
        written.set(address / PAGE, (address + size - 1) / PAGE + 1);
      }
    }

    private boolean inBounds(int address, int size) {
      return address >= 0 && size >= 0 && (long) address + size <= limit();
    }

    private long limit() {
      return (long) expected.pages() * Memory.PAGE_SIZE;
    }

    /** Mostly near the end of a page or of the memory, now and then anywhere. */
    private int address() {
      int near = random.nextInt(24) - 12;
      return switch (random.nextInt(8)) {
        case 0 -> random.nextInt();
        case 1 -> (int) limit() + near;
        case 2 -> (int) (random.nextDouble() * limit());
        default -> random.nextInt((int) (limit() / PAGE) + 1) * PAGE + near;
      };
    }

    private int size() {
      return switch (random.nextInt(6)) {
        case 0 -> 0;
        case 1 -> random.nextInt(40_000);
        default -> random.nextInt(300);
      };
    }

    private void onBoth(Function<Memory, Object> operation) {
      assertEquals(answer(operation, expected), answer(operation, actual));
    }

    private static Object answer(Function<Memory, Object> operation, Memory memory) {
      try {
        return operation.apply(memory);
      } catch (WasmRuntimeException e) {
        return "trap";
      }
    }

    private void assertSameContents() {
      assertArrayEquals(expected.readBytes(0, (int) limit()), actual.readBytes(0, (int) limit()));
    }
  }
}
