package io.hiberlet.benchmarks;

import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestSettings;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One wake of a small resident guest: what the way into Wasm and back costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WakeBenchmark {
  private final Commands commands = new Commands();
  private Guest guest;

  @Setup
  public void start() throws Exception {
    guest =
        WorkingSetModule.compile()
            .start(
                new GuestEnvironment(
                    GuestSettings.NONE,
                    List.of(),
                    OutputStream.nullOutputStream(),
                    OutputStream.nullOutputStream(),
                    1L << 20),
                commands);
  }

  /** Nothing waits for it. */
  @Benchmark
  public void empty() throws Exception {
    guest.wake();
  }

  /** It takes one event, and nothing of it needs to be done. */
  @Benchmark
  public void oneEvent() throws Exception {
    commands.nudge();
    guest.wake();
  }
}
