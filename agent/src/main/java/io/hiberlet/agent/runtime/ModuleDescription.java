package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Import;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What can be said of a module without running it.
 *
 * @param idleStyle how its guests tell that they are idle
 * @param handlesExec whether it carries out commands
 * @param imports names of functions, sorted, by the module that they are imported from
 * @param initialMemoryBytes of linear memory, all memories together
 */
public record ModuleDescription(
    IdleStyle idleStyle,
    boolean handlesExec,
    SortedMap<String, List<String>> imports,
    long initialMemoryBytes) {

  public ModuleDescription {
    imports = Collections.unmodifiableSortedMap(new TreeMap<>(imports));
  }

  /** Whether it runs once, from its beginning to its end. */
  public boolean isCommand() {
    return idleStyle == IdleStyle.COMMAND;
  }

  /** Of one that was checked. */
  static ModuleDescription of(WasmModule module) {
    return new ModuleDescription(
        IdleStyle.of(module),
        ModuleChecks.imports(module, HiberletCalls.EXEC_EXIT),
        imports(module),
        DeclarationChecks.initialBytes(DeclarationChecks.memories(module)));
  }

  private static SortedMap<String, List<String>> imports(WasmModule module) {
    var names = new TreeMap<String, List<String>>();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      Import wanted = module.importSection().getImport(i);
      names
          .computeIfAbsent(wanted.module(), from -> new ArrayList<>())
          .add(FunctionNames.printable(wanted.name()));
    }
    names.values().forEach(Collections::sort);
    return names;
  }
}
