package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the Chicory instances of one module. Thread-safe; the instances share nothing mutable, and
 * the image of what their memories begin with.
 */
final class InstanceFactory {
  private final Function<Instance, Machine> machine;
  private final List<MemoryLimits> memories;
  private final long maxTableElements;

  /** Null once there is an image of it. */
  private @Nullable WasmModule module;

  /** Null until the first instance: only then is it known that a pod allows as much memory. */
  private @Nullable ModuleImage image;

  /**
   * @param machine the compiled code
   * @param module the stripped module that it was compiled from
   */
  InstanceFactory(Function<Instance, Machine> machine, WasmModule module, ModuleLimits limits) {
    this.machine = machine;
    this.module = ModuleImage.stripped(module);
    this.memories = DeclarationChecks.memories(module);
    int tables = module.tableSection().tableCount();
    this.maxTableElements = limits.tableElements() / Math.max(1, tables);
  }

  /** What every instance needs at the least, in bytes of linear memory. */
  long initialMemoryBytes() {
    return DeclarationChecks.initialBytes(memories);
  }

  /** An instance that begins a life. Runs the module's start section, if it has one. */
  Instance start(ImportValues imports, long memoryLimitBytes) {
    ModuleImage image = image();
    return create(image.starting(), image.memories(), imports, memoryLimitBytes);
  }

  /** An instance for a state: its tables are empty, and no code runs. */
  Instance resume(ImportValues imports, long memoryLimitBytes) {
    ModuleImage image = image();
    return create(image.resuming(), image.memories(), imports, memoryLimitBytes);
  }

  private Instance create(
      WasmModule module, List<MemoryImage> images, ImportValues imports, long memoryLimitBytes) {
    long roomPages = (memoryLimitBytes - initialMemoryBytes()) / Memory.PAGE_SIZE;
    long roomPerMemory = roomPages / Math.max(1, memories.size());
    Iterator<MemoryImage> next = images.iterator(); // Chicory makes the memories in their order
    return Instance.builder(module)
        .withMachineFactory(machine)
        .withImportValues(imports)
        .withMemoryFactory(declared -> memory(declared, next.next(), roomPerMemory))
        .withTableFactory(this::table)
        .withUnsafeExecutionListener(InterruptibleInterpreter.INTERRUPTIBLE)
        .withStart(false)
        .build();
  }

  private synchronized ModuleImage image() {
    if (image == null) {
      image = ModuleImage.of(Objects.requireNonNull(module));
      module = null;
    }
    return image;
  }

  /**
   * Every memory is clamped, even one that declares a maximum of its own. Several share the room to
   * grow evenly.
   */
  private static Memory memory(MemoryLimits declared, MemoryImage image, long roomPages) {
    long maximum =
        Math.min(
            Math.min(declared.maximumPages(), Memory.RUNTIME_MAX_PAGES),
            declared.initialPages() + roomPages);
    return new CopyOnWriteMemory(image, (int) maximum);
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
