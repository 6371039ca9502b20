package io.hiberlet.agent.runtime;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.CompiledModule;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import io.hiberlet.agent.runtime.file.FileTree;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** A module of the specification's tests: compiled, on our memory, and hibernated at will. */
final class SpecModule {
  private static final OpenFiles NO_FILES = new OpenFiles(new FileTree(List.of()), List.of());

  private static final long AMPLE = 16_384L * Memory.PAGE_SIZE;

  private final WasmModule module;
  private final ImportValues imports;
  private final InstanceFactory factory;
  private final List<TreeMap<Integer, GuestState.Page>> disk = new ArrayList<>();
  private Instance instance;

  SpecModule(byte[] wasm, ImportValues imports) {
    this.module = Parser.parse(wasm);
    this.imports = imports;
    Function<Instance, Machine> machine = machine(module);
    this.factory = new InstanceFactory(machine, module, ModuleLimits.DEFAULT);
    this.instance = importsState() ? linked(machine) : factory.start(imports, AMPLE);
  }

  private static Function<Instance, Machine> machine(WasmModule module) {
    var compiled =
        MachineFactoryCompiler.builder(module)
            .withInterpreterFallback(InterpreterFallback.FAIL)
            .compile();
    return compiled instanceof CompiledModule wrapper ? wrapper.machineFactory() : compiled;
  }

  /** What no module of ours may do: it has no image, as its data may lie in another's memory. */
  private boolean importsState() {
    return module.importSection().importCount()
        > module.importSection().count(ExternalType.FUNCTION);
  }

  private Instance linked(Function<Instance, Machine> machine) {
    return Instance.builder(module)
        .withMachineFactory(machine)
        .withImportValues(imports)
        .withMemoryFactory(SpecModule::zeros)
        .withStart(false)
        .build();
  }

  static Memory zeros(MemoryLimits limits) {
    int maximum = Math.min(limits.maximumPages(), Memory.RUNTIME_MAX_PAGES);
    return new CopyOnWriteMemory(MemoryImage.ofZeros(limits.initialPages()), maximum);
  }

  Instance instance() {
    return instance;
  }

  /** Goes on in a new instance, from what a store would have of this one. */
  void hibernate() throws GuestStateException {
    if (importsState()) {
      return;
    }
    GuestState state =
        StateCapture.capture(instance, GuestClock.starting(), GuestSettings.NONE, NO_FILES);
    CopyOnWriteMemory.all(instance).forEach(CopyOnWriteMemory::stored);
    instance = factory.resume(imports, AMPLE);
    StateRestore.restore(instance, stored(state));
  }

  private GuestState stored(GuestState captured) {
    var memories = new ArrayList<GuestState.Memory>();
    for (GuestState.Memory memory : captured.memories()) {
      int index = memories.size();
      if (disk.size() == index) {
        disk.add(new TreeMap<>());
      }
      memory.pages().forEach(page -> disk.get(index).put(page.index(), page));
      memories.add(
          new GuestState.Memory(memory.wasmPages(), true, List.copyOf(disk.get(index).values())));
    }
    return new GuestState(
        memories,
        captured.globals(),
        captured.tables(),
        captured.droppedData(),
        captured.droppedElements(),
        captured.monotonicNanos(),
        captured.capturedAt(),
        captured.settings(),
        captured.descriptors());
  }
}
