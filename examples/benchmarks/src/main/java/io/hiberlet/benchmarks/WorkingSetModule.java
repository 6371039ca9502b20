package io.hiberlet.benchmarks;

import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The guest of the benchmarks, {@code src/main/wat/working-set.wat}. */
public final class WorkingSetModule {
  /** Pages of the program's own, in front of the working set: the first Wasm page. */
  static final int OWN_PAGES = 16;

  private static final String RESOURCE = "/io/hiberlet/benchmarks/working-set.wasm";

  private WorkingSetModule() {}

  /** The module's bytes. */
  public static byte[] bytes() {
    try (InputStream in = WorkingSetModule.class.getResourceAsStream(RESOURCE)) {
      return Objects.requireNonNull(in, RESOURCE).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GuestModule compile() throws ModuleRefusedException {
    return GuestModule.compile(bytes(), ModuleLimits.DEFAULT);
  }
}
