package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Export;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.Import;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Checks that a valid module keeps the contract of {@code docs/host-abi.md}. */
final class ModuleChecks {
  static final String MEMORY = "memory";
  static final String WAKE = "hiberlet_wake";
  static final String INITIALIZE = "_initialize";

  /** What a WASI command exports. */
  static final String COMMAND = "_start";

  private static final FunctionType PROCEDURE = FunctionType.empty();
  private static final int MAX_LISTED = 10;

  private final WasmModule module;
  private final Map<String, Export> exports = new HashMap<>();

  private ModuleChecks(WasmModule module) {
    this.module = module;
  }

  static void check(WasmModule module) throws ModuleRefusedException {
    try {
      new ModuleChecks(module).check();
    } catch (RuntimeException e) {
      throw new ModuleRefusedException("not a valid WebAssembly module: an index leads nowhere", e);
    }
  }

  private void check() throws ModuleRefusedException {
    checkImports();
    readExports();
    checkMemory();
    IdleStyle style = IdleStyle.of(module);
    switch (style) {
      case COMMAND -> {
        checkProcedure(COMMAND, true);
        checkAsksNothing();
      }
      case ASYNCIFY -> checkBlocking();
      case PROTOTYPE -> checkPrototype();
      case EVENT_LOOP, IDLE_DESCRIPTOR -> checkReactor();
    }
    if (style != IdleStyle.ASYNCIFY && imports(module, HiberletCalls.EVENT_WAIT)) {
      throw new ModuleRefusedException(
          "imports hiberlet.%s, but is no program with \"%s\" that wasm-opt --asyncify has gone through"
              .formatted(HiberletCalls.EVENT_WAIT, COMMAND));
    }
  }

  private void checkReactor() throws ModuleRefusedException {
    if (!exports.containsKey(WAKE)) {
      throw new ModuleRefusedException(
          "exports no function named \"%s\", nor \"%s\" as a command does"
              .formatted(WAKE, COMMAND));
    }
    checkProcedure(WAKE, true);
    checkProcedure(INITIALIZE, false);
  }

  private void checkBlocking() throws ModuleRefusedException {
    checkProcedure(COMMAND, true);
    checkProcedure(INITIALIZE, false);
    FunctionType withStack = FunctionType.of(List.of(ValType.I32), List.of());
    checkFunction(Asyncify.START_UNWIND, withStack);
    checkFunction(Asyncify.START_REWIND, withStack);
    checkFunction(Asyncify.STOP_UNWIND, PROCEDURE);
    checkFunction(Asyncify.STOP_REWIND, PROCEDURE);
    checkFunction(Asyncify.STATE, FunctionType.of(List.of(), List.of(ValType.I32)));
    @Nullable Export stack = exports.get(Asyncify.STACK);
    // No global is imported, so its index is that of its definition.
    if (stack == null
        || stack.exportType() != ExternalType.GLOBAL
        || !module.globalSection().getGlobal(stack.index()).valueType().equals(ValType.I32)) {
      throw new ModuleRefusedException(
          "blocks, but exports no i32 global \"%s\", the address of the room for its stack"
              .formatted(Asyncify.STACK));
    }
  }

  private void checkPrototype() throws ModuleRefusedException {
    checkProcedure(COMMAND, true);
    checkFunction(Prototype.ALLOCATE, Prototype.ALLOCATE_TYPE);
    checkFunction(Prototype.WAKEUP, Prototype.WAKEUP_TYPE);
    if (importsFrom(module, HiberletCalls.MODULE)) {
      throw new ModuleRefusedException(
          "imports of %s and of the prototype's modules: it can be but one of the two"
              .formatted(HiberletCalls.MODULE));
    }
  }

  private void checkFunction(String name, FunctionType type) throws ModuleRefusedException {
    @Nullable Export export = exports.get(name);
    if (export == null
        || export.exportType() != ExternalType.FUNCTION
        || !functionType(export.index()).equals(type)) {
      throw new ModuleRefusedException("exports no function \"%s\" as %s".formatted(name, type));
    }
  }

  /** Nobody could tell a command of an answer. */
  private void checkAsksNothing() throws ModuleRefusedException {
    for (int i = 0; i < module.importSection().importCount(); i++) {
      Import wanted = module.importSection().getImport(i);
      if (wanted.module().equals(HiberletCalls.MODULE)) {
        throw new ModuleRefusedException(
            "a command (it exports \"%s\" and no \"%s\") cannot be woken, but imports %s.%s"
                .formatted(COMMAND, WAKE, wanted.module(), FunctionNames.printable(wanted.name())));
      }
    }
  }

  static boolean exports(WasmModule module, String name) {
    return IntStream.range(0, module.exportSection().exportCount())
        .anyMatch(i -> module.exportSection().getExport(i).name().equals(name));
  }

  /** Whether it wants a function of the module {@code hiberlet}. */
  static boolean imports(WasmModule module, String name) {
    return IntStream.range(0, module.importSection().importCount())
        .mapToObj(i -> module.importSection().getImport(i))
        .anyMatch(
            wanted -> wanted.module().equals(HiberletCalls.MODULE) && wanted.name().equals(name));
  }

  /** Whether it wants anything of that module. */
  static boolean importsFrom(WasmModule module, String name) {
    return IntStream.range(0, module.importSection().importCount())
        .anyMatch(i -> module.importSection().getImport(i).module().equals(name));
  }

  private void checkImports() throws ModuleRefusedException {
    var unknown = new ArrayList<String>();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      Import wanted = module.importSection().getImport(i);
      String name = FunctionNames.printable(wanted.module() + "." + wanted.name());
      if (!(wanted instanceof FunctionImport function)) {
        unknown.add(name + " (not a function)");
        continue;
      }
      FunctionType has = HostImports.type(wanted.module(), wanted.name()).orElse(null);
      FunctionType wants = module.typeSection().getType(function.typeIndex());
      if (has == null) {
        unknown.add(name);
      } else if (!has.equals(wants)) {
        unknown.add("%s (as %s, but it is %s)".formatted(name, wants, has));
      }
    }
    if (!unknown.isEmpty()) {
      throw new ModuleRefusedException("imports that this host does not have: " + listed(unknown));
    }
  }

  private static String listed(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(MAX_LISTED, names.size())));
    return names.size() <= MAX_LISTED
        ? first
        : "%s and %d more".formatted(first, names.size() - MAX_LISTED);
  }

  private void readExports() throws ModuleRefusedException {
    for (int i = 0; i < module.exportSection().exportCount(); i++) {
      Export export = module.exportSection().getExport(i);
      if (exports.put(export.name(), export) != null) {
        throw new ModuleRefusedException(
            "not a valid WebAssembly module: two exports are named "
                + FunctionNames.printable(export.name()));
      }
    }
  }

  private void checkMemory() throws ModuleRefusedException {
    @Nullable Export memory = exports.get(MEMORY);
    if (memory == null || memory.exportType() != ExternalType.MEMORY) {
      throw new ModuleRefusedException("exports no memory named \"memory\"");
    }
    if (memory.index() != 0) {
      throw new ModuleRefusedException("its export \"memory\" is not its first memory");
    }
  }

  private void checkProcedure(String name, boolean required) throws ModuleRefusedException {
    @Nullable Export export = exports.get(name);
    if (export == null && !required) {
      return;
    }
    if (export == null || export.exportType() != ExternalType.FUNCTION) {
      throw new ModuleRefusedException("exports no function named \"" + name + "\"");
    }
    FunctionType type = functionType(export.index());
    if (!type.equals(PROCEDURE)) {
      throw new ModuleRefusedException(
          "its export \"%s\" must take and return nothing, but is %s".formatted(name, type));
    }
  }

  private FunctionType functionType(int index) {
    int imported = module.importSection().importCount(); // all are functions by now
    int type =
        index < imported
            ? ((FunctionImport) module.importSection().getImport(index)).typeIndex()
            : module.functionSection().getFunctionType(index - imported);
    return module.typeSection().getType(type);
  }
}
