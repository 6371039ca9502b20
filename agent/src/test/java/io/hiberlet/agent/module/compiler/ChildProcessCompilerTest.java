package io.hiberlet.agent.module.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.agent.runtime.SyntheticModules;
import io.hiberlet.agent.runtime.TestModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Starts a Java process for every module, which takes its time: breadth is tested elsewhere. */
class ChildProcessCompilerTest extends ModuleCompilerContract {
  private static final String PROGRAM = CompilerProcess.class.getName();
  private static final CompilerLimits ROOMY =
      new CompilerLimits(128L << 20, Duration.ofMinutes(1), 1 << 20);

  @Override
  ModuleCompiler compiler() {
    return new ChildProcessCompiler(ROOMY, LIMITS);
  }

  @AfterEach
  void noProcessIsLeft() {
    assertEquals(Optional.empty(), child());
  }

  private static Optional<ProcessHandle> child() {
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .filter(child -> commandLine(child).contains(PROGRAM))
        .findFirst();
  }

  /** All of it: ProcessHandle reads no more than a page. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  private Path large() throws Exception {
    return write(SyntheticModules.ofSize(3 << 20));
  }

  private static ChildProcessCompiler limited(CompilerLimits limits) {
    return new ChildProcessCompiler(limits, ModuleLimits.DEFAULT);
  }

  private String refusal(CompilerLimits limits) throws Exception {
    Path module = large();
    return assertThrows(
            ModuleRefusedException.class, () -> limited(limits).compile(module, artifact()))
        .getMessage();
  }

  @Test
  void memoryHasALimit() throws Exception {
    assertEquals(
        "needs more than 64Mi to compile; raise modules.compilerMemory",
        refusal(new CompilerLimits(64L << 20, Duration.ofMinutes(1), 64 << 20)));
  }

  @Test
  void timeHasALimit() throws Exception {
    assertEquals(
        "takes more than 300ms of CPU time to compile; raise modules.compilerTimeout",
        refusal(new CompilerLimits(1L << 30, Duration.ofMillis(300), 64 << 20)));
  }

  @Test
  void outputHasALimit() {
    var thrown =
        assertThrows(
            ModuleRefusedException.class,
            () ->
                limited(new CompilerLimits(64L << 20, Duration.ofMinutes(1), 1000))
                    .compile(write(TestModules.bytes("state")), artifact()));
    assertEquals("compiles to more than the 1000 bytes that are allowed", thrown.getMessage());
  }

  @Test
  void compilerThatIsKilledIsNotTheModulesFault() throws Exception {
    var compiling = compilingLarge();
    Thread.ofPlatform().start(compiling);
    awaitedChild().destroyForcibly();
    var thrown = assertThrows(ExecutionException.class, () -> compiling.get(30, TimeUnit.SECONDS));
    assertEquals(CompilerFailedException.class, thrown.getCause().getClass());
    assertEquals(
        "the module's compiler was killed; most likely the device ran out of memory",
        thrown.getCause().getMessage());
  }

  @Test
  void compilerThatFailsIsQuoted() {
    var thrown =
        assertThrows(
            CompilerFailedException.class,
            () -> compiler().compile(folder.resolve("absent.wasm"), artifact()));
    String message = thrown.getMessage();
    assertTrue(message.startsWith("the module's compiler ended with exit code 12: "), message);
    assertTrue(message.contains("absent.wasm"), message);
  }

  @Test
  void interruptEndsTheProcess() throws Exception {
    var compiling = compilingLarge();
    Thread thread = Thread.ofPlatform().start(compiling);
    awaitedChild();
    thread.interrupt();
    var thrown = assertThrows(ExecutionException.class, () -> compiling.get(30, TimeUnit.SECONDS));
    assertEquals(InterruptedException.class, thrown.getCause().getClass());
  }

  @Test
  void compilerEndsWithWhoeverWantedTheResult() throws Exception {
    Path pipe = folder.resolve("pipe"); // that nobody ever writes to
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                PROGRAM,
                pipe.toString(),
                artifact().toString(),
                "1",
                "1",
                "1",
                "1")
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close(); // as the kernel does when the agent dies
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(11, process.exitValue());
  }

  private FutureTask<Void> compilingLarge() throws Exception {
    Path module = large();
    return new FutureTask<>(
        () -> {
          limited(ROOMY).compile(module, artifact());
          return null;
        });
  }

  private static ProcessHandle awaitedChild() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < deadline) {
      Optional<ProcessHandle> child = child();
      if (child.isPresent()) {
        return child.get();
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no compiler was started");
  }
}
