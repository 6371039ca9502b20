package io.hiberlet.agent.module.compiler;

import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.nio.file.Path;

/** Compiles modules. Blocks, from a second to minutes. Thread-safe. */
@FunctionalInterface
public interface ModuleCompiler {

  /**
   * Validates a module and compiles it to what {@link io.hiberlet.agent.runtime.ModuleArtifact}
   * reads.
   *
   * @param wasm the module
   * @param artifact is written; in a folder of its own, in which more files may be left behind
   * @throws ModuleRefusedException when it is not a module that this node can run, or takes more
   *     memory or time than the node's configuration grants. The same bytes will fare no better.
   * @throws CompilerFailedException when something else went wrong
   * @throws InterruptedException when this thread was interrupted; compiling has ended then
   */
  void compile(Path wasm, Path artifact)
      throws ModuleRefusedException, CompilerFailedException, InterruptedException;
}
