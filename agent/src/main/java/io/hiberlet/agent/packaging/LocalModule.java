package io.hiberlet.agent.packaging;

import io.hiberlet.agent.module.ModuleDigest;
import io.hiberlet.agent.module.compiler.CompilerFailedException;
import io.hiberlet.agent.module.compiler.ModuleCompiler;
import io.hiberlet.agent.runtime.ArtifactException;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleArtifact;
import io.hiberlet.agent.runtime.ModuleDescription;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A module from a file of the developer's, compiled and checked as a node does it. Used by one
 * thread.
 */
public final class LocalModule {
  private final ModuleDigest digest;
  private final Path artifact;
  private final ModuleLimits limits;
  private final Duration compileTime;

  private LocalModule(
      ModuleDigest digest, Path artifact, ModuleLimits limits, Duration compileTime) {
    this.digest = digest;
    this.artifact = artifact;
    this.limits = limits;
    this.compileTime = compileTime;
  }

  /**
   * Compiles a module. Blocks, for up to minutes.
   *
   * @param scratch a folder for what comes of it; the caller removes it
   * @throws ModuleRefusedException when no node would run it, in a node's words
   * @throws CompilerFailedException when something else went wrong
   */
  public static LocalModule compile(
      byte[] wasm, Path scratch, ModuleCompiler compiler, ModuleLimits limits)
      throws ModuleRefusedException, CompilerFailedException, IOException, InterruptedException {
    Path copy = Files.write(scratch.resolve("module.wasm"), wasm);
    Path artifact = scratch.resolve("module.compiled");
    long began = System.nanoTime();
    compiler.compile(copy, artifact);
    Duration compileTime = Duration.ofNanos(System.nanoTime() - began);
    return new LocalModule(ModuleDigest.of(wasm), artifact, limits, compileTime);
  }

  /** What it is known by. */
  public ModuleDigest digest() {
    return digest;
  }

  /** What can be said of it without running it. */
  public ModuleDescription describe() throws IOException, ModuleRefusedException {
    try (ModuleArtifact opened = open()) {
      return opened.describe(limits);
    } catch (ArtifactException e) {
      throw unreadable(e);
    }
  }

  /** What compiling took, and what came of it. */
  CompileCost cost() throws IOException {
    try (ModuleArtifact opened = open()) {
      return new CompileCost(
          compileTime, opened.classBytes(), Files.size(artifact), opened.heapBytes());
    } catch (ArtifactException e) {
      throw unreadable(e);
    }
  }

  /** Makes guests of it. */
  public GuestModule load() throws IOException, ModuleRefusedException {
    try (ModuleArtifact opened = open()) {
      return opened.load(limits);
    } catch (ArtifactException e) {
      throw unreadable(e);
    }
  }

  private ModuleArtifact open() throws IOException, ArtifactException {
    return ModuleArtifact.open(
        new BufferedInputStream(Files.newInputStream(artifact)), digest.hex());
  }

  private static IOException unreadable(ArtifactException failure) {
    return new IOException("what was just compiled is " + failure.getMessage(), failure);
  }
}
