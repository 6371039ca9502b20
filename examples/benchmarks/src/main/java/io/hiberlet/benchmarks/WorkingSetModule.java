package io.hiberlet.benchmarks;

import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;

/** The guest of the benchmarks, {@code src/main/wat/working-set.wat}. */
public final class WorkingSetModule {
  /** Pages of the program's own, in front of the working set: the first Wasm page. */
  static final int OWN_PAGES = 16;

  private WorkingSetModule() {}

  /** The module's bytes. */
  public static byte[] bytes() {
    return WasmResource.bytes("working-set");
  }

  static GuestModule compile() throws ModuleRefusedException {
    return GuestModule.compile(bytes(), ModuleLimits.DEFAULT);
  }
}
