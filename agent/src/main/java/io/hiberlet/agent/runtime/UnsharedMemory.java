package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.ConstantEvaluators;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.runtime.WasmRuntimeException;
import com.dylibso.chicory.wasm.UninstantiableException;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;

/**
 * What a memory does however it keeps its bytes: bounds, data segments, and the instructions for
 * threads, of which there is one. Every access is atomic then: Chicory makes its atomic
 * instructions of loads and stores under a lock, and needs no more than a lock to take.
 *
 * <p>An address is an unsigned number of 32 bits. No memory is as large as 2 GiB, so one that is
 * negative in Java is in none.
 */
@SuppressWarnings("removal") // what Chicory wants implemented still
abstract class UnsharedMemory implements Memory {
  private DataSegment[] segments = {};

  @Override
  public final void initialize(Instance instance, DataSegment[] dataSegments) {
    initialize(instance, dataSegments, 0);
  }

  @Override
  public final void initialize(Instance instance, DataSegment[] dataSegments, int memoryIndex) {
    segments = dataSegments;
    for (DataSegment segment : dataSegments) {
      if (segment instanceof ActiveDataSegment active && active.index() == memoryIndex) {
        var offset = ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions());
        writeInitially((int) offset[0], active.data());
      }
    }
  }

  private void writeInitially(int address, byte[] data) {
    int limit = byteCount();
    if (!inRange(address, data.length, limit)) {
      throw new UninstantiableException(outOfBoundsMessage(address, data.length, limit));
    }
    write(address, data, 0, data.length);
  }

  @Override
  public final void initPassiveSegment(int segment, int address, int offset, int size) {
    write(address, segments[segment].data(), offset, size);
  }

  @Override
  public final void drop(int segment) {
    segments[segment] = PassiveDataSegment.EMPTY;
  }

  @Override
  public final long readU16(int address) {
    return Short.toUnsignedLong(readShort(address));
  }

  @Override
  public final long readF32(int address) {
    return readInt(address);
  }

  @Override
  public final long readF64(int address) {
    return readLong(address);
  }

  @Override
  public final boolean shared() {
    return false;
  }

  @Override
  public final Object lock(int address) {
    return this;
  }

  /** Nobody could ever end the wait; the specification of threads makes it a trap. */
  @Override
  public final int waitOn(int address, int expected, long timeout) {
    throw new TrapException("expected shared memory");
  }

  @Override
  public final int waitOn(int address, long expected, long timeout) {
    throw new TrapException("expected shared memory");
  }

  /** Nobody waits. */
  @Override
  public final int notify(int address, int maxThreads) {
    if (address % Integer.BYTES != 0) {
      throw new TrapException("unaligned atomic");
    }
    requireRange(address, Integer.BYTES);
    return 0;
  }

  @Override
  public final void atomicFence() {}

  final int byteCount() {
    return pages() * PAGE_SIZE;
  }

  final void requireRange(int address, int size) {
    requireRange(address, size, byteCount());
  }

  static void requireRange(int address, int size, int limit) {
    if (!inRange(address, size, limit)) {
      throw new WasmRuntimeException(outOfBoundsMessage(address, size, limit));
    }
  }

  /** What an access that failed has to throw. */
  final WasmRuntimeException outOfBounds(int address, int size) {
    return new WasmRuntimeException(outOfBoundsMessage(address, size, byteCount()));
  }

  private static boolean inRange(int address, int size, int limit) {
    return (address | size) >= 0 && address <= limit - size;
  }

  private static String outOfBoundsMessage(int address, int size, int limit) {
    return "out of bounds memory access: attempted to access address: "
        + Integer.toUnsignedLong(address)
        + " but limit is: "
        + limit
        + " and size: "
        + Integer.toUnsignedLong(size);
  }
}
