package io.hiberlet.benchmarks;

import io.hiberlet.agent.runtime.GuestState;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A suspend after some pages were dirtied, down to the synced log. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SuspendBenchmark {

  /** Of 4 KiB, dirtied before each suspend. */
  @Param({"1", "8", "64"})
  public int dirtyPages;

  /**
   * One for all methods: JMH gives a guest of its own to each method that has it as a parameter.
   */
  private SleepingGuest guest;

  @Setup
  public void take(StoredGuest stored) {
    guest = stored.guest();
  }

  @Setup(Level.Invocation)
  public void dirty() throws Exception {
    guest.dirty(dirtyPages);
  }

  @Benchmark
  public long suspend() {
    long bytes = guest.suspend();
    if (bytes < (long) dirtyPages * GuestState.PAGE_BYTES) {
      throw new IllegalStateException("only %d bytes were written".formatted(bytes));
    }
    return bytes;
  }
}
