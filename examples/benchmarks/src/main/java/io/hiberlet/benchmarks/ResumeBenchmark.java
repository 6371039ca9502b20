package io.hiberlet.benchmarks;

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

/** A new instance that goes on from what is stored. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ResumeBenchmark {

  @Benchmark
  public void resume(StoredGuest stored) throws Exception {
    stored.guest().forget();
    stored.guest().resume();
  }

  /** The guest takes an event as well: what somebody waits for who sent one. */
  @Benchmark
  public void resumeAndWake(StoredGuest stored) throws Exception {
    stored.guest().forget();
    stored.guest().resume();
    stored.guest().wake();
  }
}
