package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.Table;
import java.util.List;
import java.util.stream.IntStream;

/** Checks what a module makes the host set aside for every instance, before any of it runs. */
final class DeclarationChecks {
  private static final int MAX_MEMORIES = 16;
  private static final int MAX_TABLES = 100;
  private static final int MAX_GLOBALS = 100_000;
  private static final int MAX_FUNCTIONS = 1_000_000;
  private static final int MAX_DATA_SEGMENTS = 100_000;

  private DeclarationChecks() {}

  static void check(WasmModule module, ModuleLimits limits) throws ModuleRefusedException {
    List<MemoryLimits> memories = memories(module);
    List<Table> tables = tables(module);
    requireAtMost("memories", memories.size(), MAX_MEMORIES);
    requireAtMost("tables", tables.size(), MAX_TABLES);
    requireAtMost("globals", module.globalSection().globalCount(), MAX_GLOBALS);
    requireAtMost("functions", module.functionSection().functionCount(), MAX_FUNCTIONS);
    requireAtMost("data segments", module.dataSection().dataSegmentCount(), MAX_DATA_SEGMENTS);
    requireAtMost("bytes of memory at start", initialBytes(memories), limits.memoryBytes());
    requireAtMost(
        "elements of tables",
        tables.stream().mapToLong(table -> table.limits().min()).sum(),
        limits.tableElements());
    if (memories.stream().anyMatch(MemoryLimits::shared)) {
      throw new ModuleRefusedException("shares a memory between threads; this host has no threads");
    }
  }

  static List<MemoryLimits> memories(WasmModule module) {
    return module.memorySection().stream()
        .flatMap(section -> IntStream.range(0, section.memoryCount()).mapToObj(section::getMemory))
        .map(memory -> memory.limits())
        .toList();
  }

  static List<Table> tables(WasmModule module) {
    var section = module.tableSection();
    return IntStream.range(0, section.tableCount()).mapToObj(section::getTable).toList();
  }

  static long initialBytes(List<MemoryLimits> memories) {
    return memories.stream().mapToLong(MemoryLimits::initialPages).sum() * Memory.PAGE_SIZE;
  }

  private static void requireAtMost(String what, long declared, long allowed)
      throws ModuleRefusedException {
    if (declared > allowed) {
      throw new ModuleRefusedException(
          "declares %d %s, more than the %d that are allowed".formatted(declared, what, allowed));
    }
  }
}
