package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.OpCode;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks that a valid module uses nothing that this host cannot run compiled or hibernate.
 * Garbage-collected objects and exceptions live outside of memories, globals and tables, where a
 * snapshot does not reach.
 */
final class FeatureChecks {
  private static final int GC_PREFIX = 0xFB;
  private static final int SIMD_PREFIX = 0xFD;

  private FeatureChecks() {}

  static void check(WasmModule module) throws ModuleRefusedException {
    var unsupported =
        Stream.concat(constants(module), code(module))
            .map(Instruction::opcode)
            .filter(opcode -> prefix(opcode) == GC_PREFIX || prefix(opcode) == SIMD_PREFIX)
            .findFirst();
    if (unsupported.isPresent()) {
      throw new ModuleRefusedException(
          (prefix(unsupported.get()) == GC_PREFIX
                  ? "uses garbage-collected references (%s), which cannot be hibernated"
                  : "uses SIMD (%s), which this host does not run: build it without simd128")
              .formatted(unsupported.get()));
    }
    if (kept(module).anyMatch(type -> ValType.matches(type, ValType.ExnRef))) {
      throw new ModuleRefusedException(
          "keeps references to exceptions in a global or table, which cannot be hibernated");
    }
  }

  /** The constant expressions of globals, tables and element segments. */
  private static Stream<Instruction> constants(WasmModule module) {
    return Stream.of(
            Stream.of(module.globalSection().globals()).map(global -> global.initInstructions()),
            DeclarationChecks.tables(module).stream().map(table -> table.initialize()),
            module.elementSection().stream().flatMap(element -> element.initializers().stream()))
        .flatMap(lists -> lists)
        .flatMap(List::stream);
  }

  private static Stream<Instruction> code(WasmModule module) {
    return Stream.of(module.codeSection().functionBodies())
        .flatMap(body -> body.instructions().stream());
  }

  /** The types of what outlives a call. */
  private static Stream<ValType> kept(WasmModule module) {
    return Stream.concat(
        Stream.of(module.globalSection().globals()).map(global -> global.valueType()),
        DeclarationChecks.tables(module).stream().map(table -> table.elementType()));
  }

  private static int prefix(OpCode opcode) {
    return opcode.opcode() >>> Byte.SIZE;
  }
}
