package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import java.io.ByteArrayInputStream;
import java.util.Map;

/** Reads and validates modules that nobody vouches for. */
final class ModuleParser {
  private static final byte[] MAGIC = {0, 'a', 's', 'm'};

  private ModuleParser() {}

  static WasmModule parse(byte[] wasm, ModuleLimits limits) throws ModuleRefusedException {
    if (wasm.length > limits.moduleBytes()) {
      throw new ModuleRefusedException(
          "the module has %d bytes, more than the %d that are allowed"
              .formatted(wasm.length, limits.moduleBytes()));
    }
    requireMagic(wasm);
    return Refusal.onFailure(
        "not a valid WebAssembly module",
        () -> parser().parse(() -> new ByteArrayInputStream(wasm)));
  }

  private static Parser parser() {
    return Parser.builder().withCustomParsers(Map.of("name", FunctionNames::parse)).build();
  }

  private static void requireMagic(byte[] wasm) throws ModuleRefusedException {
    for (int i = 0; i < MAGIC.length; i++) {
      if (i >= wasm.length || wasm[i] != MAGIC[i]) {
        throw new ModuleRefusedException("not a WebAssembly module: it does not begin with \\0asm");
      }
    }
  }
}
