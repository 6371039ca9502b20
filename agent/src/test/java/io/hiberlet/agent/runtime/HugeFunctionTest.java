package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions that no method of the JVM has room for: they do their work, and no harm. */
class HugeFunctionTest {
  /** memory[64] = 1, of which 8,000 are more than a method can hold. */
  private static final byte[] STORE = {0x41, 0, 0x41, 1, 0x36, 2, 64};

  /** memory[0]++. */
  private static final byte[] COUNT = {0x41, 0, 0x41, 0, 0x28, 2, 0, 0x41, 1, 0x6a, 0x36, 2, 0};

  /** if (memory.grow(1024) == -1) unreachable. */
  private static final byte[] GROW = {
    0x41, (byte) 0x80, 8, 0x40, 0, 0x41, 0x7f, 0x46, 0x04, 0x40, 0x00, 0x0b
  };

  private static GuestModule huge(byte[] end) throws ModuleRefusedException {
    byte[] code = WasmBytes.concat(WasmBytes.repeated(STORE, 8_000), end);
    return GuestModule.compile(WasmBytes.wakeWith(1, code), ModuleLimits.DEFAULT);
  }

  private static int counted(Guest guest) throws Exception {
    var memory = new ByteArrayOutputStream();
    guest.writeMemory(memory);
    return memory.toByteArray()[0];
  }

  @Test
  void itDoesItsWorkAcrossSnapshots() throws Exception {
    GuestModule module = huge(COUNT);
    Guest guest = TestModules.start(module);
    guest.wake();
    guest.wake();
    assertEquals(2, counted(guest));
    Guest resumed = module.resume(TestModules.environment(), new RecordingCalls(), guest.capture());
    resumed.wake();
    assertEquals(3, counted(resumed));
  }

  @ParameterizedTest
  @CsvSource({"br,0340 0c00 0b", "br_if,0340 4101 0d00 0b", "br_table,0340 4100 0e0100 00 0b"})
  void anEndlessLoopInItIsInterrupted(String branch, String loop) throws Exception {
    Guest guest = TestModules.start(huge(HexFormat.of().parseHex(loop.replace(" ", ""))));
    var running = new CountDownLatch(1);
    var wake =
        new FutureTask<>(
            () -> {
              running.countDown();
              return assertThrows(GuestTrapException.class, guest::wake).getMessage();
            });
    var thread = Thread.ofPlatform().start(wake);
    assertTrue(running.await(10, TimeUnit.SECONDS));
    thread.interrupt();
    String message = wake.get(60, TimeUnit.SECONDS);
    assertTrue(message.startsWith("interrupted"), branch + ": " + message);
  }

  @Test
  void recursionInItEndsBeforeTheHeapDoes() throws Exception {
    Guest guest = TestModules.start(huge(new byte[] {0x10, 0}));
    String message = assertThrows(GuestTrapException.class, guest::wake).getMessage();
    assertTrue(message.startsWith("call stack exhausted"), message);
  }

  @Test
  void itsMemoryHasTheSameLimit() throws Exception {
    GuestModule module = huge(GROW);
    Guest guest = module.start(TestModules.environment(4 << 20), new RecordingCalls());
    assertThrows(GuestOutOfMemoryException.class, guest::wake);
  }
}
