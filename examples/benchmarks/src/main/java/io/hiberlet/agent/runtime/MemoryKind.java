package io.hiberlet.agent.runtime;

import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.util.function.IntToLongFunction;

/** The memories that compiled code can run on, side by side. */
public enum MemoryKind {
  /** Ours. */
  COPY_ON_WRITE,

  /** Chicory's one array. */
  CHICORY_BYTE_ARRAY;

  private Memory memory(MemoryLimits limits) {
    return switch (this) {
      case COPY_ON_WRITE ->
          new CopyOnWriteMemory(MemoryImage.ofZeros(limits.initialPages()), limits.maximumPages());
      case CHICORY_BYTE_ARRAY -> new ByteArrayMemory(limits);
    };
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
            .withMemoryFactory(this::memory)
            .build()
            .export(name);
    return argument -> {
      long[] results = function.apply(argument);
      return results == null || results.length == 0 ? 0 : results[0];
    };
  }
}
