package io.hiberlet.agent.module;

import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;

/** Brings modules of one kind of reference to this node. Blocks; thread-safe. */
@FunctionalInterface
public interface ModuleSource<R extends ModuleReference> {

  /**
   * Puts the module into the store, if it is not there yet.
   *
   * @throws ModuleUnavailableException when it cannot be had
   * @throws ModuleRefusedException when what is there is not a module, or too large
   * @throws IOException when the store failed
   */
  ModuleDigest fetch(R reference, ModuleStore store)
      throws ModuleUnavailableException, ModuleRefusedException, IOException, InterruptedException;
}
