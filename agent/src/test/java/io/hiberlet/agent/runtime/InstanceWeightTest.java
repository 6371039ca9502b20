package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a guest holds although it has written to nothing. */
final class InstanceWeightTest {
  private static final byte[] CODE = WasmBytes.wakeWith(0, new byte[0]);
  private static final byte[] TABLE =
      WasmBytes.section(4, WasmBytes.concat(new byte[] {1, 0x70, 0}, WasmBytes.unsigned(10_000)));

  /** Each puts a zero at address 0. */
  private static final byte[] SEGMENTS =
      WasmBytes.section(
          11,
          WasmBytes.concat(
              WasmBytes.unsigned(10_000),
              WasmBytes.repeated(new byte[] {0, 0x41, 0, 0x0b, 1, 0}, 10_000)));

  @Test
  void aTableCountsWithEachInstance() throws Exception {
    long held = held(WasmBytes.concat(upTo(5), TABLE, from(5)));
    assertEquals(held(CODE) + 80_000, held);
    assertTrue(held(CODE) < 5_000);
  }

  @Test
  void segmentsThatNoCodeCanNameAreNotKept() throws Exception {
    assertEquals(held(CODE), held(WasmBytes.concat(CODE, SEGMENTS)));
  }

  private static long held(byte[] wasm) throws Exception {
    Guest guest = TestModules.start(GuestModule.compile(wasm, ModuleLimits.DEFAULT));
    return guest.heldBytes();
  }

  /** What comes before the section with that id. */
  private static byte[] upTo(int id) {
    return Arrays.copyOf(CODE, start(id));
  }

  private static byte[] from(int id) {
    return Arrays.copyOfRange(CODE, start(id), CODE.length);
  }

  private static int start(int id) {
    int at = 8;
    while (CODE[at] != id) {
      at += 2 + CODE[at + 1];
    }
    return at;
  }
}
