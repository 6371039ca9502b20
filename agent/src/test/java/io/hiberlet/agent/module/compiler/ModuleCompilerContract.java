package io.hiberlet.agent.module.compiler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.ModuleDigest;
import io.hiberlet.agent.runtime.GuestCompiler;
import io.hiberlet.agent.runtime.ModuleArtifact;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.agent.runtime.TestModules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every compiler does, wherever it does it. */
@Timeout(120)
abstract class ModuleCompilerContract {
  static final ModuleLimits LIMITS = new ModuleLimits(1 << 20, 1 << 20, 10_000);

  @TempDir Path folder;

  abstract ModuleCompiler compiler();

  Path artifact() {
    return folder.resolve("artifact");
  }

  Path write(byte[] module) throws Exception {
    return Files.write(folder.resolve("module.wasm"), module);
  }

  @Test
  void moduleBecomesAnArtifactThatLoads() throws Exception {
    byte[] module = TestModules.bytes("state");
    compiler().compile(write(module), artifact());
    byte[] bytes = Files.readAllBytes(artifact());
    try (var artifact =
        ModuleArtifact.open(new ByteArrayInputStream(bytes), ModuleDigest.of(module).hex())) {
      artifact.load(LIMITS);
    }
    var again = new ByteArrayOutputStream();
    GuestCompiler.compile(module, LIMITS, again);
    assertArrayEquals(again.toByteArray(), bytes, "the same everywhere");
  }

  @Test
  void refusalSaysWhy() throws Exception {
    assertEquals(
        "imports that this host does not have: env.system, hiberlet.watch, hiberlet.timer (as (I32)"
            + " -> (I64), but it is (I64) -> (I64)), env.limit (not a function)",
        refusal(TestModules.bytes("refused/unknown-imports")));
    assertEquals(
        "not a WebAssembly module: it does not begin with \\0asm",
        refusal("#!/bin/sh\n".getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        "declares 2097152 bytes of memory at start, more than the 1048576 that are allowed",
        refusal(TestModules.bytes("large-memory")));
  }

  /** Some are valid: whether they compile depends on how much memory there is. */
  @Test
  void hostileModuleIsRefusedIfItDoesNotCompile() throws Exception {
    for (var hostile : TestModules.hostile().entrySet()) {
      Path wasm = write(hostile.getValue());
      Files.deleteIfExists(artifact());
      try {
        compiler().compile(wasm, artifact());
        assertTrue(Files.size(artifact()) > 0, hostile.getKey());
      } catch (ModuleRefusedException e) {
        assertFalse(String.valueOf(e.getMessage()).isBlank(), hostile.getKey());
      }
    }
  }

  String refusal(byte[] module) throws Exception {
    Path wasm = write(module);
    Files.deleteIfExists(artifact());
    return assertThrows(ModuleRefusedException.class, () -> compiler().compile(wasm, artifact()))
        .getMessage();
  }
}
