package io.hiberlet.benchmarks;

import io.hiberlet.agent.runtime.GuestCompiler;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleArtifact;
import io.hiberlet.agent.runtime.ModuleLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
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

/**
 * From a small module, as it came or as it is kept compiled, to one that guests can be made of.
 * Every call defines new classes, and pays for the collector that unloads those before.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ModuleBenchmark {
  private final byte[] wasm = WorkingSetModule.bytes();
  private String sha256;
  private byte[] artifact;

  @Setup
  public void compileOnce() throws Exception {
    sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(wasm));
    var bytes = new ByteArrayOutputStream();
    GuestCompiler.compile(wasm, ModuleLimits.DEFAULT, bytes);
    artifact = bytes.toByteArray();
  }

  /** Validated and compiled, in this process. */
  @Benchmark
  public GuestModule compile() throws Exception {
    return GuestModule.compile(wasm, ModuleLimits.DEFAULT);
  }

  /** From the cache: hashes checked, classes defined and verified. */
  @Benchmark
  public GuestModule load() throws Exception {
    try (var in = ModuleArtifact.open(new ByteArrayInputStream(artifact), sha256)) {
      return in.load(ModuleLimits.DEFAULT);
    }
  }
}
