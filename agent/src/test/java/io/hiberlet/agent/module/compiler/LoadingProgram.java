package io.hiberlet.agent.module.compiler;

import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleArtifact;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.TestModules;
import java.io.BufferedInputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Loads an artifact and runs a guest of it, in a process whose heap can be chosen. */
final class LoadingProgram {
  private LoadingProgram() {}

  /** Takes the artifact's file, and the module's SHA-256. */
  public static void main(String[] arguments) throws Exception {
    Runtime runtime = Runtime.getRuntime();
    long classesBefore = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed();
    long begun = System.nanoTime();
    try (var artifact =
        ModuleArtifact.open(
            new BufferedInputStream(Files.newInputStream(Path.of(arguments[0]))), arguments[1])) {
      GuestModule module = artifact.load(ModuleLimits.DEFAULT);
      long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
      System.gc();
      long heap = runtime.totalMemory() - runtime.freeMemory();
      long classes =
          ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed() - classesBefore;
      System.out.printf(
          "loaded in %d ms, heap %d of %d MiB, classes %d MiB",
          millis, heap >> 20, runtime.maxMemory() >> 20, classes >> 20);
      Guest guest = TestModules.start(module);
      guest.wake();
    }
  }
}
