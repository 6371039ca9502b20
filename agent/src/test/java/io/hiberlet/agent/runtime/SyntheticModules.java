package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/**
 * Writes large modules as a compiler would: functions that load, store, branch and call each other,
 * data, a table, and a name for every function. Its wake calls the first of them.
 */
public final class SyntheticModules {
  private static final int DATA_PART = 4;
  private static final int PAGE_BYTES = 64 << 10;

  /** For the offsets of loads and stores. */
  private static final int LEAST_PAGES = 18;

  private static final int STATEMENTS = 30;

  private SyntheticModules() {}

  /**
   * A module of about this size: three quarters code, a quarter data and names.
   *
   * @param bytes at most some tens of MiB
   */
  public static byte[] ofSize(int bytes) {
    var random = new Random(1);
    var code = new ByteArrayOutputStream();
    int functions = 1;
    code.writeBytes(body(new byte[] {0x41, 1, 0x41, 2, 0x10, 1, 0x1a})); // drop(f1(1, 2))
    while (code.size() < bytes / DATA_PART * (DATA_PART - 1)) {
      code.writeBytes(function(random, functions));
      functions++;
    }
    byte[] data = new byte[bytes / DATA_PART / 2];
    random.nextBytes(data);
    return WasmBytes.module(
        WasmBytes.section(1, new byte[] {2, 0x60, 0, 0, 0x60, 2, 0x7f, 0x7f, 1, 0x7f}),
        WasmBytes.section(3, types(functions)),
        WasmBytes.section(
            5, WasmBytes.concat(new byte[] {1, 0}, leb(LEAST_PAGES + data.length / PAGE_BYTES))),
        WasmBytes.section(7, exports()),
        WasmBytes.section(10, WasmBytes.concat(leb(functions), code.toByteArray())),
        WasmBytes.section(
            11, WasmBytes.concat(new byte[] {1, 0, 0x41, 0, 0x0b}, leb(data.length), data)),
        WasmBytes.section(0, names(functions)));
  }

  private static byte[] types(int functions) {
    byte[] types = new byte[functions];
    Arrays.fill(types, 1, functions, (byte) 1);
    return WasmBytes.concat(leb(functions), types);
  }

  private static byte[] exports() {
    return WasmBytes.concat(
        new byte[] {2}, text("memory"), new byte[] {2, 0}, text("hiberlet_wake"), new byte[2]);
  }

  private static byte[] names(int functions) {
    var map = new ByteArrayOutputStream();
    map.writeBytes(leb(functions));
    for (int i = 0; i < functions; i++) {
      map.writeBytes(leb(i));
      map.writeBytes(text("synthetic/package.(*Type).Method" + i));
    }
    return WasmBytes.concat(text("name"), new byte[] {1}, leb(map.size()), map.toByteArray());
  }

  /** Calls only functions with a higher index, some of them, and none that is not there. */
  private static byte[] function(Random random, int index) {
    var code = new ByteArrayOutputStream();
    for (int i = 0; i < STATEMENTS; i++) {
      code.writeBytes(statement(random));
    }
    if (index > 1 && random.nextInt(4) == 0) {
      // if (0) local 2 = f(local 0, local 1)
      code.writeBytes(new byte[] {0x41, 0, 0x04, 0x40, 0x20, 0, 0x20, 1, 0x10});
      code.writeBytes(leb(1 + random.nextInt(index)));
      code.writeBytes(new byte[] {0x21, 2, 0x0b});
    }
    code.writeBytes(new byte[] {0x20, 2}); // local 2 is the result
    return body(code.toByteArray());
  }

  private static byte[] statement(Random random) {
    byte target = (byte) random.nextInt(6);
    byte source = (byte) random.nextInt(6);
    byte[] number = signed(random.nextInt(1 << 20));
    byte[] offset = leb(random.nextInt(1 << 20));
    return switch (random.nextInt(4)) {
      case 0 -> // target = source + number
          WasmBytes.concat(
              new byte[] {0x20, source, 0x41}, number, new byte[] {0x6a, 0x21, target});
      case 1 -> // target = memory[source & 1023 + offset]
          WasmBytes.concat(
              new byte[] {0x20, source, 0x41, (byte) 0xff, 0x07, 0x71, 0x28, 2},
              offset,
              new byte[] {0x21, target});
      case 2 -> // memory[source & 1023 + offset] = target
          WasmBytes.concat(
              new byte[] {0x20, source, 0x41, (byte) 0xff, 0x07, 0x71, 0x20, target, 0x36, 2},
              offset);
      default -> // if (source < number) target = target * source
          WasmBytes.concat(
              new byte[] {0x20, source, 0x41},
              number,
              new byte[] {0x48, 0x04, 0x40, 0x20, target, 0x20, source, 0x6c, 0x21, target, 0x0b});
    };
  }

  private static byte[] body(byte[] code) {
    byte[] body = WasmBytes.concat(new byte[] {1, 4, 0x7f}, code, new byte[] {0x0b});
    return WasmBytes.concat(leb(body.length), body);
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    return WasmBytes.concat(leb(bytes.length), bytes);
  }

  private static byte[] leb(int value) {
    return WasmBytes.unsigned(value);
  }

  /** Signed LEB128 of a number that is not negative. */
  private static byte[] signed(int value) {
    byte[] bytes = WasmBytes.unsigned(value);
    boolean looksNegative = (bytes[bytes.length - 1] & 0x40) != 0;
    if (!looksNegative) {
      return bytes;
    }
    bytes[bytes.length - 1] |= (byte) 0x80;
    return WasmBytes.concat(bytes, new byte[1]);
  }
}
