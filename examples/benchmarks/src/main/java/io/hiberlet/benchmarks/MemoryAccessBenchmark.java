package io.hiberlet.benchmarks;

import io.hiberlet.agent.runtime.MemoryKind;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One access of compiled guest code to 4 MiB of memory, loop included. Each kind of memory in a
 * process of its own: compiled code that has met two calls neither directly any more.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class MemoryAccessBenchmark {
  /** All words of the memory, when they are taken one after the other. */
  private static final int ACCESSES = 1 << 19;

  /** The code of a loop, in {@code memory-access.wat}. */
  @Param({
    "read_sequential",
    "read_random",
    "write_sequential",
    "write_random",
    "write_bytes",
    "change_random"
  })
  public String loop = "";

  /** What it runs on. */
  @Param public MemoryKind memory = MemoryKind.COPY_ON_WRITE;

  private IntToLongFunction function;

  @Setup
  public void compile() {
    function = memory.function(WasmResource.bytes("memory-access"), loop);
  }

  @Benchmark
  @OperationsPerInvocation(ACCESSES)
  public long access() {
    return function.applyAsLong(ACCESSES);
  }
}
