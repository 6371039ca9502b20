package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.dylibso.chicory.runtime.WasmRuntimeException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparePagesTest {
  private static final int PAGES = 100;

  private final SparePages spare = new SparePages();

  /** Held as long as the test, so that the collector does not come between. */
  private final byte[][] table =
      IntStream.range(0, PAGES).mapToObj(_ -> page()).toArray(byte[][]::new);

  private final byte[][] other = {page(), page()};
  private final Set<byte[]> given = identitySet();

  @Test
  void handsOutEachOnceWhatItWasGiven() {
    Collections.addAll(given, table);
    given.remove(table[3]);
    table[3] = null;
    spare.give(table);

    Set<byte[]> taken = identitySet();
    Collections.addAll(taken, spare.take(PAGES));

    assertEquals(given, taken);
    assertEquals(0, spare.take(PAGES).length);
  }

  @Test
  void leavesWhatOneGuestDoesNotNeedToTheNext() {
    Collections.addAll(given, table);
    spare.give(table);

    Set<byte[]> taken = identitySet();
    for (int guest = 0; guest < 10; guest++) {
      assertEquals(7 * guest, taken.size());
      Collections.addAll(taken, spare.take(7));
    }
    Collections.addAll(taken, spare.take(PAGES));

    assertEquals(given, taken);
  }

  @Test
  void collectsFromSeveralGuests() {
    spare.give(table);
    spare.give(other);

    assertEquals(PAGES + 2, spare.take(PAGES + 50).length);
  }

  @Test
  void aMemoryGivesAwayItsOwnPagesOnly() {
    byte[][] shared = new byte[MemoryImage.PAGES_PER_WASM_PAGE][GuestState.PAGE_BYTES];
    shared[0][0] = 1;
    shared[1][0] = 1;
    MemoryImage image = MemoryImage.of(shared);
    CopyOnWriteMemory memory = new CopyOnWriteMemory(image, 2);
    memory.grow(1);
    memory.writeByte(GuestState.PAGE_BYTES, (byte) 7);
    memory.writeByte(20 * GuestState.PAGE_BYTES, (byte) 7);
    byte[] first = memory.own(1);
    byte[] second = memory.own(20);

    byte[][] released = memory.release();

    for (int i = 0; i < released.length; i++) {
      assertSame(i == 1 ? first : i == 20 ? second : null, released[i]);
    }
  }

  @Test
  void aMemoryThatNobodyWroteToGivesAwayNothing() {
    MemoryImage image = MemoryImage.ofZeros(1);

    assertEquals(0, new CopyOnWriteMemory(image, 1).release().length);
    assertSame(MemoryImage.ZERO_PAGE, image.page(0));
  }

  @Test
  void nothingIsLeftOfAMemoryThatWasReleased() {
    CopyOnWriteMemory memory = new CopyOnWriteMemory(MemoryImage.ofZeros(1), 1);
    memory.writeByte(0, (byte) 1);

    memory.release();

    assertThrows(WasmRuntimeException.class, () -> memory.read(0));
    assertThrows(WasmRuntimeException.class, () -> memory.writeByte(0, (byte) 1));
    assertThrows(WasmRuntimeException.class, () -> memory.readBytes(0, 1));
    assertEquals(0, memory.capture().pages().size());
  }

  private static byte[] page() {
    byte[] page = new byte[GuestState.PAGE_BYTES];
    page[0] = 1;
    return page;
  }

  private static Set<byte[]> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }
}
