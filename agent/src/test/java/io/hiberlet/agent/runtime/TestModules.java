package io.hiberlet.agent.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The modules of {@code src/test/wat}. */
public final class TestModules {
  public static final List<String> ACCEPTED =
      List.of(
          "commands",
          "state",
          "segments",
          "misbehaviour",
          "wasi",
          "memories",
          "traps-in-start",
          "data-outside-memory",
          "exits-in-initialize",
          "large-memory",
          "echo");

  private TestModules() {}

  public static byte[] bytes(String name) {
    try (var in = TestModules.class.getResourceAsStream("/wasm/" + name + ".wasm")) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GuestModule compile(String name) throws ModuleRefusedException {
    return GuestModule.compile(bytes(name), ModuleLimits.DEFAULT);
  }

  /** Some that are made to hurt whoever looks at them. */
  public static Map<String, byte[]> hostile() {
    byte[] nested =
        WasmBytes.concat(
            WasmBytes.repeated(new byte[] {0x02, 0x40}, 200_000),
            WasmBytes.repeated(new byte[] {0x0b}, 200_000));
    byte[] types = WasmBytes.section(1, WasmBytes.unsigned(1 << 28));
    return Map.of(
        "blocks in blocks", WasmBytes.wakeWith(0, nested),
        "locals without number", WasmBytes.wakeWith(49_999, new byte[0]),
        "types that are not there", WasmBytes.module(types));
  }

  /** A guest that nothing ever happens to. */
  public static Guest start(GuestModule module) throws GuestTrapException, GuestExitException {
    return module.start(environment(64 << 20), new RecordingCalls());
  }

  static GuestEnvironment environment(long memoryLimitBytes) {
    var log = new ByteArrayOutputStream();
    return new GuestEnvironment(GuestSettings.NONE, List.of(), log, log, memoryLimitBytes);
  }

  static GuestEnvironment environment() {
    return environment(4 << 20);
  }
}
