package io.hiberlet.agent.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes modules that no assembler would. */
final class WasmBytes {
  private static final byte[] HEADER = {0, 'a', 's', 'm', 1, 0, 0, 0};
  private static final byte[] I32 = {0x7f};

  private WasmBytes() {}

  static byte[] module(byte[]... sections) {
    return concat(HEADER, concat(sections));
  }

  static byte[] section(int id, byte[] content) {
    return concat(new byte[] {(byte) id}, unsigned(content.length), content);
  }

  /** A module that this host accepts, whose wake has i32 locals and this code. */
  static byte[] wakeWith(int locals, byte[] code) {
    byte[] body = concat(new byte[] {1}, unsigned(locals), I32, code, new byte[] {0x0b});
    return module(
        section(1, new byte[] {1, 0x60, 0, 0}),
        section(3, new byte[] {1, 0}),
        section(5, new byte[] {1, 0, 1}),
        section(
            7,
            concat(
                new byte[] {2},
                name("memory"),
                new byte[] {2, 0},
                name("hiberlet_wake"),
                new byte[] {0, 0})),
        section(10, concat(new byte[] {1}, unsigned(body.length), body)));
  }

  static byte[] repeated(byte[] bytes, int times) {
    byte[][] parts = new byte[times][];
    Arrays.fill(parts, bytes);
    return concat(parts);
  }

  /** LEB128. */
  static byte[] unsigned(int value) {
    var out = new ByteArrayOutputStream();
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
    return out.toByteArray();
  }

  static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] name(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    return concat(unsigned(bytes.length), bytes);
  }
}
