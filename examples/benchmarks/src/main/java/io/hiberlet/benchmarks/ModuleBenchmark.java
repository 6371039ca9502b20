package io.hiberlet.benchmarks;

import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From the bytes of a small module to one that guests can be made of. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ModuleBenchmark {
  private final byte[] wasm = WorkingSetModule.bytes();

  /** Validated and compiled, in this process. */
  @Benchmark
  public GuestModule compile() throws Exception {
    return GuestModule.compile(wasm, ModuleLimits.DEFAULT);
  }
}
