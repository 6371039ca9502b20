package io.hiberlet.agent.module.compiler;

import io.hiberlet.agent.runtime.GuestCompiler;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compiles in this process: for tests of what does not depend on where it happens. */
public final class InProcessCompiler implements ModuleCompiler {
  private final ModuleLimits limits;

  public InProcessCompiler(ModuleLimits limits) {
    this.limits = limits;
  }

  @Override
  public void compile(Path wasm, Path artifact)
      throws ModuleRefusedException, CompilerFailedException {
    try (OutputStream out = Files.newOutputStream(artifact)) {
      GuestCompiler.compile(Files.readAllBytes(wasm), limits, out);
    } catch (IOException e) {
      throw new CompilerFailedException("the disk failed", e);
    }
  }
}
