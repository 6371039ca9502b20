package io.hiberlet.agent.module.compiler;

import io.hiberlet.agent.config.Quantities;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compiles every module in a new Java process, one at a time: whatever a module makes the compiler
 * do, it does not do it to this process. The child has its own memory and time, yields the CPU to
 * everybody else, is what the kernel kills first when memory is short, and ends with this process.
 * It is no sandbox against the compiler itself, which runs as the same user. Thread-safe.
 */
public final class ChildProcessCompiler implements ModuleCompiler {
  private static final Path NICE = Path.of("/usr/bin/nice");
  private static final int MIB = 1 << 20;

  /** Where the virtual machine keeps the classes that it verifies. */
  private static final long LEAST_CLASS_MIB = 64;

  /** As for wakes: a device that is busy with something else is no fault of the module. */
  private static final int CLOCK_TIME_PER_CPU_TIME = 6;

  private static final long LOOK_MILLIS = 100;

  /** Of {@code -XX:+ExitOnOutOfMemoryError}. */
  private static final int OUT_OF_MEMORY = 3;

  /** Of a process that SIGKILL ended: 128 and the signal's number. */
  private static final int KILLED = 137;

  private static final String NO_MORE = "a module of its size gets no more";

  private final Semaphore turn = new Semaphore(1, true);
  private final CompilerLimits limits;
  private final ModuleLimits moduleLimits;

  public ChildProcessCompiler(CompilerLimits limits, ModuleLimits moduleLimits) {
    this.limits = limits;
    this.moduleLimits = moduleLimits;
  }

  @Override
  public void compile(Path wasm, Path artifact)
      throws ModuleRefusedException, CompilerFailedException, InterruptedException {
    turn.acquire();
    try {
      run(wasm, artifact, limits.of(wasm.toFile().length()));
    } finally {
      turn.release();
    }
  }

  private void run(Path wasm, Path artifact, CompilerLimits allowed)
      throws ModuleRefusedException, CompilerFailedException, InterruptedException {
    Process process = start(wasm, artifact, allowed);
    var answer = Tail.of(process.getInputStream());
    var complaints = Tail.of(process.getErrorStream());
    try {
      if (!endsWithin(process, allowed.cpuTime())) {
        throw new ModuleRefusedException(
            "takes more than %s of CPU time to compile; %s"
                .formatted(
                    Quantities.durationText(allowed.cpuTime()),
                    allowed.cpuTime().equals(limits.cpuTime())
                        ? "raise modules.compilerTimeout"
                        : NO_MORE));
      }
      requireSuccess(process.exitValue(), allowed, answer, complaints);
    } finally {
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  /** Also when the process got hardly any CPU time for too long. */
  private static boolean endsWithin(Process process, Duration cpuTime) throws InterruptedException {
    long begun = System.nanoTime();
    long longest = cpuTime.toNanos() * CLOCK_TIME_PER_CPU_TIME;
    boolean ended = false;
    while (!ended && used(process).compareTo(cpuTime) < 0 && System.nanoTime() - begun < longest) {
      ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
    return ended;
  }

  /** CPU time; zero when it is not known, as after the end. */
  private static Duration used(Process process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private void requireSuccess(int exitCode, CompilerLimits allowed, Tail answer, Tail complaints)
      throws ModuleRefusedException, CompilerFailedException, InterruptedException {
    switch (exitCode) {
      case 0 -> {}
      case CompilerProcess.REFUSED -> throw new ModuleRefusedException(answer.text());
      case OUT_OF_MEMORY ->
          throw new ModuleRefusedException(
              "needs more than %s to compile; %s"
                  .formatted(
                      Quantities.bytesText(allowed.memoryBytes()),
                      allowed.memoryBytes() == limits.memoryBytes()
                          ? "raise modules.compilerMemory"
                          : NO_MORE));
      case KILLED ->
          throw new CompilerFailedException(
              "the module's compiler was killed; most likely the device ran out of memory");
      default ->
          throw new CompilerFailedException(
              "the module's compiler ended with exit code %d: %s"
                  .formatted(exitCode, complaints.text()));
    }
  }

  private Process start(Path wasm, Path artifact, CompilerLimits allowed)
      throws CompilerFailedException {
    Path folder = Objects.requireNonNull(artifact.toAbsolutePath().getParent(), "a file");
    var builder =
        new ProcessBuilder(command(wasm.toAbsolutePath(), artifact.toAbsolutePath(), allowed));
    builder.directory(folder.toFile());
    builder.environment().clear(); // or options for this Java would be options for that one
    builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8", "MALLOC_ARENA_MAX", "1"));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new CompilerFailedException("cannot start the module's compiler: " + e.getMessage(), e);
    }
  }

  private List<String> command(Path wasm, Path artifact, CompilerLimits allowed) {
    long classMib = Math.max(LEAST_CLASS_MIB, allowed.memoryBytes() / MIB / 4);
    var command = new ArrayList<String>();
    if (Files.isExecutable(NICE)) {
      command.addAll(List.of(NICE.toString(), "-n", "10"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ActiveProcessorCount=1",
            "-Xmx" + allowed.memoryBytes() / MIB * 3 / 4 + "m",
            "-XX:MaxMetaspaceSize=" + classMib + "m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=.",
            "-cp",
            absoluteClassPath(),
            CompilerProcess.class.getName(),
            wasm.toString(),
            artifact.toString(),
            Long.toString(moduleLimits.moduleBytes()),
            Long.toString(moduleLimits.memoryBytes()),
            Integer.toString(moduleLimits.tableElements()),
            Long.toString(allowed.artifactBytes())));
    return command;
  }

  /** The child works in another folder. */
  private static String absoluteClassPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
