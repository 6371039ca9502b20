package io.hiberlet.agent.runtime;

import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.util.function.Function;
import java.util.function.IntToLongFunction;

/** The memories that compiled code can run on, side by side. */
public enum MemoryKind {
  /** Ours. */
  COPY_ON_WRITE(
      limits ->
          new CopyOnWriteMemory(MemoryImage.ofZeros(limits.initialPages()), limits.maximumPages())),

  /** Chicory's one array. */
  CHICORY_BYTE_ARRAY(ByteArrayMemory::new);

  private final Function<MemoryLimits, Memory> factory;

  MemoryKind(Function<MemoryLimits, Memory> factory) {
    this.factory = factory;
  }

  /**
   * A compiled function of a new instance.
   *
   * @param wasm a module without imports
   * @param name of an export that takes one i32, and returns nothing or one number
   */
  public IntToLongFunction function(byte[] wasm, String name) {
    WasmModule module = Parser.parse(wasm);
    ExportFunction function =
        Instance.builder(module)
            .withMachineFactory(MachineFactoryCompiler.compile(module))
            .withMemoryFactory(factory)
            .build()
            .export(name);
    return argument -> {
      long[] results = function.apply(argument);
      return results == null || results.length == 0 ? 0 : results[0];
    };
  }
}
