package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no module for this host, and what the user is told. */
class ModuleRefusalTest {
  /** Of a wake that does nothing. */
  private static final int CODE_SECTION_BYTES = 8;

  private static String refusal(byte[] bytes) {
    return assertThrows(
            ModuleRefusedException.class, () -> GuestModule.compile(bytes, ModuleLimits.DEFAULT))
        .getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-memory|exports no memory named \"memory\"",
        "no-wake|exports no function named \"hiberlet_wake\", nor \"_start\" as a command does",
        "wake-takes-parameter|its export \"hiberlet_wake\" must take and return nothing, but is"
            + " (I32) -> nil",
        "command-that-asks|a command (it exports \"_start\" and no \"hiberlet_wake\") cannot be"
            + " woken, but imports hiberlet.timer",
        "initialize-returns|its export \"_initialize\" must take and return nothing, but is () ->"
            + " (I32)",
        "unknown-imports|imports that this host does not have: env.system, hiberlet.watch,"
            + " hiberlet.timer (as (I32) -> (I64), but it is (I64) -> (I64)), env.limit (not a"
            + " function)",
        "imported-memory|imports that this host does not have: env.memory (not a function)",
        "four-gigabytes|declares 4294967296 bytes of memory at start, more than the 1073741824 that"
            + " are allowed",
        "giant-table|declares 9000000 elements of tables, more than the 1000000 that are allowed",
        "shared-memory|shares a memory between threads; this host has no threads",
        "simd|uses SIMD (I32x4_SPLAT), which this host does not run: build it without simd128",
        "waits-without-asyncify|imports hiberlet.event_wait, but is no program with \"_start\" that"
            + " wasm-opt --asyncify has gone through",
        "blocks-without-room|blocks, but exports no i32 global \"hiberlet_stack\", the address of"
            + " the room for its stack",
        "strange-asyncify|exports no function \"asyncify_start_unwind\" as (I32) -> nil",
        "half-a-prototype|exports no function \"wakeup\" as (I64,I32,I32,I32) -> nil",
        "prototype-that-asks|imports of hiberlet and of the prototype's modules: it can be but one"
            + " of the two",
        "second-memory|its export \"memory\" is not its first memory",
      })
  void contractAndFeatures(String name, String message) {
    assertEquals(message, refusal(TestModules.bytes("refused/" + name)));
  }

  @Test
  void whatIsNotWasm() {
    String expected = "not a WebAssembly module: it does not begin with \\0asm";
    assertEquals(expected, refusal(new byte[0]));
    assertEquals(expected, refusal(new byte[] {0, 'a'}));
    assertEquals(expected, refusal("#!/bin/sh\nexit 0\n".getBytes(UTF_8)));
  }

  @Test
  void truncatedModule() {
    byte[] whole = WasmBytes.wakeWith(0, new byte[0]);
    for (int length = 0; length < whole.length; length++) {
      refusal(Arrays.copyOf(whole, length));
    }
  }

  @Test
  void moduleThatIsTooLarge() {
    var limits = new ModuleLimits(100, 1 << 20, 100);
    var thrown =
        assertThrows(
            ModuleRefusedException.class,
            () -> GuestModule.compile(TestModules.bytes("state"), limits));
    assertTrue(thrown.getMessage().endsWith("more than the 100 that are allowed"));
  }

  @Test
  void functionThatNotEvenTheInterpreterMayRun() {
    byte[] add = {0x20, 0, 0x41, (byte) 0xe8, 0x07, 0x6a, 0x21, 0}; // local 0 += 1000
    String message = refusal(WasmBytes.wakeWith(1, WasmBytes.repeated(add, 30_000)));
    assertTrue(
        message.endsWith("120001 instructions in all of them, of 100000 that are allowed"),
        message);
  }

  @Test
  void blocksNestedWithoutEnd() {
    byte[] open = WasmBytes.repeated(new byte[] {0x02, 0x40}, 200_000);
    byte[] close = WasmBytes.repeated(new byte[] {0x0b}, 200_000);
    refusalOrNone(WasmBytes.wakeWith(0, WasmBytes.concat(open, close)));
  }

  @Test
  void localsWithoutNumber() {
    refusal(WasmBytes.wakeWith(49_999, new byte[0]));
    refusal(WasmBytes.wakeWith(Integer.MAX_VALUE, new byte[0]));
  }

  @Test
  void dataCountThatLies() {
    byte[] module = WasmBytes.wakeWith(0, new byte[0]);
    byte[] count = WasmBytes.section(12, WasmBytes.unsigned(5));
    byte[] head = Arrays.copyOf(module, module.length - CODE_SECTION_BYTES);
    byte[] code = Arrays.copyOfRange(module, head.length, module.length);
    String message = refusal(WasmBytes.concat(head, count, code));
    assertTrue(message.contains("data count and data section"), message);
  }

  @Test
  void segmentsWithoutNumber() {
    byte[] empty = WasmBytes.repeated(new byte[] {1, 0}, 100_001);
    byte[] data = WasmBytes.section(11, WasmBytes.concat(WasmBytes.unsigned(100_001), empty));
    assertEquals(
        "declares 100001 data segments, more than the 100000 that are allowed",
        refusal(WasmBytes.concat(WasmBytes.wakeWith(0, new byte[0]), data)));
  }

  @Test
  void countsThatPromiseMoreThanThereIs() {
    for (int count : new int[] {1 << 28, Integer.MAX_VALUE, -1}) {
      refusal(WasmBytes.module(WasmBytes.section(1, WasmBytes.unsigned(count))));
      byte[] parameters = WasmBytes.concat(new byte[] {1, 0x60}, WasmBytes.unsigned(count));
      refusal(WasmBytes.module(WasmBytes.section(1, parameters)));
    }
  }

  /** Valid by the specification: it may compile, but must not do anything else. */
  private static void refusalOrNone(byte[] bytes) {
    try {
      GuestModule.compile(bytes, ModuleLimits.DEFAULT);
    } catch (ModuleRefusedException e) {
      assertTrue(e.getMessage().startsWith("cannot be compiled"), e.getMessage());
    }
  }
}
