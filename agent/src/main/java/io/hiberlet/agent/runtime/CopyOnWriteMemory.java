package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The loads and stores of a {@link PagedMemory}, one method for each instruction, as compiled code
 * calls them. Used by one thread at a time.
 *
 * <p>They leave the bounds check to Java's arrays, as catching its exception costs nothing until it
 * is thrown; they repeat themselves instead of sharing methods because the JVM's first compiler
 * does not inline those. An access that crosses the end of a page takes a way of its own.
 */
final class CopyOnWriteMemory extends PagedMemory {
  private static final int PAGE_BYTES = MemoryImage.PAGE_BYTES;
  private static final int PAGE_SHIFT = MemoryImage.PAGE_SHIFT;
  private static final int OFFSET_MASK = PAGE_BYTES - 1;

  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);
  private static final VarHandle FLOAT = view(float[].class);
  private static final VarHandle DOUBLE = view(double[].class);

  private final PageRanges ranges = new PageRanges(this);

  CopyOnWriteMemory(MemoryImage image, int maximumPages) {
    super(image, maximumPages);
  }

  /** An instance's memories, by index: {@link InstanceFactory} makes no others. */
  static Stream<CopyOnWriteMemory> all(Instance instance) {
    return IntStream.range(0, DeclarationChecks.memories(instance.module()).size())
        .mapToObj(index -> (CopyOnWriteMemory) instance.memory(index));
  }

  private static VarHandle view(Class<?> arrayOf) {
    return MethodHandles.byteArrayViewVarHandle(arrayOf, ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public byte read(int address) {
    try {
      return readable[address >>> PAGE_SHIFT][address & OFFSET_MASK];
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Byte.BYTES);
    }
  }

  @Override
  public void writeByte(int address, byte value) {
    try {
      byte[] page = writable[address >>> PAGE_SHIFT];
      if (page == null) {
        page = own(address >>> PAGE_SHIFT);
      }
      page[address & OFFSET_MASK] = value;
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Byte.BYTES);
    }
  }

  @Override
  public short readShort(int address) {
    int offset = address & OFFSET_MASK;
    if (offset > PAGE_BYTES - Short.BYTES) {
      return (short) readCrossing(address, Short.BYTES);
    }
    try {
      return (short) SHORT.get(readable[address >>> PAGE_SHIFT], offset);
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Short.BYTES);
    }
  }

  @Override
  public void writeShort(int address, short value) {
    int offset = address & OFFSET_MASK;
    if (offset > PAGE_BYTES - Short.BYTES) {
      writeCrossing(address, Short.BYTES, value);
      return;
    }
    try {
      byte[] page = writable[address >>> PAGE_SHIFT];
      if (page == null) {
        page = own(address >>> PAGE_SHIFT);
      }
      SHORT.set(page, offset, value);
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Short.BYTES);
    }
  }

  @Override
  public int readInt(int address) {
    int offset = address & OFFSET_MASK;
    if (offset > PAGE_BYTES - Integer.BYTES) {
      return (int) readCrossing(address, Integer.BYTES);
    }
    try {
      return (int) INT.get(readable[address >>> PAGE_SHIFT], offset);
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Integer.BYTES);
    }
  }

  @Override
  public void writeI32(int address, int value) {
    int offset = address & OFFSET_MASK;
    if (offset > PAGE_BYTES - Integer.BYTES) {
      writeCrossing(address, Integer.BYTES, value);
      return;
    }
    try {
      byte[] page = writable[address >>> PAGE_SHIFT];
      if (page == null) {
        page = own(address >>> PAGE_SHIFT);
      }
      INT.set(page, offset, value);
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Integer.BYTES);
    }
  }

  @Override
  public long readLong(int address) {
    int offset = address & OFFSET_MASK;
    if (offset > PAGE_BYTES - Long.BYTES) {
      return readCrossing(address, Long.BYTES);
    }
    try {
      return (long) LONG.get(readable[address >>> PAGE_SHIFT], offset);
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Long.BYTES);
    }
  }

  @Override
  public void writeLong(int address, long value) {
    int offset = address & OFFSET_MASK;
    if (offset > PAGE_BYTES - Long.BYTES) {
      writeCrossing(address, Long.BYTES, value);
      return;
    }
    try {
      byte[] page = writable[address >>> PAGE_SHIFT];
      if (page == null) {
        page = own(address >>> PAGE_SHIFT);
      }
      LONG.set(page, offset, value);
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Long.BYTES);
    }
  }

  @Override
  public float readFloat(int address) {
    int offset = address & OFFSET_MASK;
    if (offset > PAGE_BYTES - Float.BYTES) {
      return Float.intBitsToFloat((int) readCrossing(address, Float.BYTES));
    }
    try {
      return (float) FLOAT.get(readable[address >>> PAGE_SHIFT], offset);
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Float.BYTES);
    }
  }

  @Override
  public void writeF32(int address, float value) {
    int offset = address & OFFSET_MASK;
    if (offset > PAGE_BYTES - Float.BYTES) {
      writeCrossing(address, Float.BYTES, Float.floatToRawIntBits(value));
      return;
    }
    try {
      byte[] page = writable[address >>> PAGE_SHIFT];
      if (page == null) {
        page = own(address >>> PAGE_SHIFT);
      }
      FLOAT.set(page, offset, value);
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Float.BYTES);
    }
  }

  @Override
  public double readDouble(int address) {
    int offset = address & OFFSET_MASK;
    if (offset > PAGE_BYTES - Double.BYTES) {
      return Double.longBitsToDouble(readCrossing(address, Double.BYTES));
    }
    try {
      return (double) DOUBLE.get(readable[address >>> PAGE_SHIFT], offset);
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Double.BYTES);
    }
  }

  @Override
  public void writeF64(int address, double value) {
    int offset = address & OFFSET_MASK;
    if (offset > PAGE_BYTES - Double.BYTES) {
      writeCrossing(address, Double.BYTES, Double.doubleToRawLongBits(value));
      return;
    }
    try {
      byte[] page = writable[address >>> PAGE_SHIFT];
      if (page == null) {
        page = own(address >>> PAGE_SHIFT);
      }
      DOUBLE.set(page, offset, value);
    } catch (IndexOutOfBoundsException e) {
      throw outOfBounds(address, Double.BYTES);
    }
  }

  private long readCrossing(int address, int size) {
    requireRange(address, size);
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = (value << Byte.SIZE) | Byte.toUnsignedLong(read(address + i));
    }
    return value;
  }

  /** Writes all of it or, where it does not fit, nothing. */
  private void writeCrossing(int address, int size, long value) {
    requireRange(address, size);
    for (int i = 0; i < size; i++) {
      writeByte(address + i, (byte) (value >>> (i * Byte.SIZE)));
    }
  }

  @Override
  public byte[] readBytes(int address, int size) {
    requireRange(address, size);
    return ranges.read(address, size);
  }

  @Override
  public void write(int address, byte[] bytes, int offset, int size) {
    requireRange(address, size);
    requireRange(offset, size, bytes.length);
    ranges.write(address, bytes, offset, size);
  }

  @Override
  public void fill(byte value, int from, int to) {
    requireRange(from, to - from);
    ranges.fill(from, to - from, value);
  }

  @Override
  public void copy(int to, int from, int size) {
    requireRange(to, size);
    requireRange(from, size);
    ranges.copy(to, from, size);
  }
}
