package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import java.util.List;
import java.util.function.Function;

/** Makes the Chicory instances of one module. Thread-safe; the instances share nothing mutable. */
final class InstanceFactory {
  private final Function<Instance, Machine> machine;
  private final List<MemoryLimits> memories;
  private final long maxTableElements;

  /**
   * @param machine the compiled code
   * @param declaring the module, for the memories and tables that it declares
   */
  InstanceFactory(Function<Instance, Machine> machine, WasmModule declaring, ModuleLimits limits) {
    this.machine = machine;
    this.memories = DeclarationChecks.memories(declaring);
    int tables = declaring.tableSection().tableCount();
    this.maxTableElements = limits.tableElements() / Math.max(1, tables);
  }

  /** What every instance needs at the least, in bytes of linear memory. */
  long initialMemoryBytes() {
    return DeclarationChecks.initialBytes(memories);
  }

  /** Runs the image's start section, if it has one. */
  Instance create(WasmModule image, ImportValues imports, long memoryLimitBytes) {
    long roomPages = (memoryLimitBytes - initialMemoryBytes()) / Memory.PAGE_SIZE;
    long roomPerMemory = roomPages / Math.max(1, memories.size());
    Instance instance =
        Instance.builder(image)
            .withMachineFactory(machine)
            .withImportValues(imports)
            .withMemoryFactory(declared -> memory(declared, roomPerMemory))
            .withTableFactory(this::table)
            .withStart(false)
            .build();
    dropActiveData(instance);
    return instance;
  }

  /** As the specification wants it: an active segment has served once it is in the memory. */
  private static void dropActiveData(Instance instance) {
    DataSegment[] declared = instance.module().dataSection().dataSegments();
    for (int i = 0; i < declared.length; i++) {
      if (declared[i] instanceof ActiveDataSegment) {
        instance.dropDataSegment(i);
      }
    }
  }

  /**
   * Every memory is clamped, even one that declares a maximum of its own. Several share the room to
   * grow evenly.
   */
  private static Memory memory(MemoryLimits declared, long roomPages) {
    long maximum =
        Math.min(
            Math.min(declared.maximumPages(), Memory.RUNTIME_MAX_PAGES),
            declared.initialPages() + roomPages);
    return new ByteArrayMemory(new MemoryLimits(declared.initialPages(), (int) maximum));
  }

  /** With limits of its own, because {@code table.grow} changes them. */
  private TableInstance table(Table declared, int initialValue) {
    long initial = declared.limits().min();
    long maximum = Math.max(initial, Math.min(declared.limits().max(), maxTableElements));
    var limits = new TableLimits(initial, maximum);
    return new TableInstance(
        new Table(declared.elementType(), limits, declared.initialize()), initialValue);
  }
}
