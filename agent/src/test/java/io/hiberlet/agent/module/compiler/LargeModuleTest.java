package io.hiberlet.agent.module.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.ModuleDigest;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.agent.runtime.SyntheticModules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A large module takes much memory where it is compiled, and little where it runs. {@code
 * -Dhiberlet.module.mib=20} makes it larger; the heaps grow with it. What it prints is in {@code
 * docs/rationale.md}.
 */
@Timeout(600)
class LargeModuleTest {
  private static final int MIB = Integer.getInteger("hiberlet.module.mib", 1);

  @TempDir private Path folder;

  private void compile(Path module, Path artifact, int memoryMib) throws Exception {
    var limits = new CompilerLimits((long) memoryMib << 20, Duration.ofMinutes(5), 1L << 30);
    new ChildProcessCompiler(limits, ModuleLimits.DEFAULT).compile(module, artifact);
  }

  @Test
  void whatLoadsInASmallHeapIsCompiledInALargeOne() throws Exception {
    byte[] wasm = SyntheticModules.ofSize(MIB << 20);
    Path module = Files.write(folder.resolve("module.wasm"), wasm);
    assertThrows(
        ModuleRefusedException.class,
        () -> compile(module, folder.resolve("too-little"), 20 * MIB));
    long begun = System.nanoTime();
    Path artifact = folder.resolve("artifact");
    compile(module, artifact, 64 + 45 * MIB);
    long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();

    Path output = folder.resolve("output");
    Process loading =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx" + (8 + 2 * MIB) + "m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadingProgram.class.getName(),
                artifact.toString(),
                ModuleDigest.of(wasm).hex())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exitCode = loading.waitFor();
    String said = Files.readString(output, StandardCharsets.UTF_8);
    System.out.printf("%d MiB: compiled in %d ms; %s%n", MIB, millis, said);
    assertEquals(0, exitCode, said);
    assertTrue(said.startsWith("loaded in "), said);
  }
}
