package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.util.List;

/** Makes the images of a module's memories. */
final class MemoryImages {

  private MemoryImages() {}

  /**
   * Has Chicory instantiate as much of a module as its data segments need: a segment's place may be
   * computed from globals. Nothing runs.
   *
   * @throws ChicoryException as instantiating the module does, when a segment lies outside of its
   *     memory
   */
  static List<MemoryImage> of(WasmModule module) {
    WasmModule memories =
        WasmModule.builder()
            .withValidation(false) // the whole module was valid
            .setTypeSection(module.typeSection())
            .setGlobalSection(module.globalSection())
            .setMemorySection(module.memorySection().orElse(null))
            .setDataSection(module.dataSection())
            .build();
    Instance instance =
        Instance.builder(memories)
            .withMachineFactory(MemoryImages::noFunctions)
            .withMemoryFactory(MemoryImages::zeros)
            .build();
    return CopyOnWriteMemory.all(instance).map(CopyOnWriteMemory::toImage).toList();
  }

  static List<MemoryImage> empty(WasmModule module) {
    return DeclarationChecks.memories(module).stream()
        .map(declared -> MemoryImage.ofZeros(declared.initialPages()))
        .toList();
  }

  private static CopyOnWriteMemory zeros(MemoryLimits declared) {
    return new CopyOnWriteMemory(
        MemoryImage.ofZeros(declared.initialPages()), declared.initialPages());
  }

  private static Machine noFunctions(Instance instance) {
    return (function, args) -> {
      throw new ChicoryException("function " + function + " is none of a memory");
    };
  }
}
