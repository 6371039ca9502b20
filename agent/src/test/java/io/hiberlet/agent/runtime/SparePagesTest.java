package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.dylibso.chicory.runtime.WasmRuntimeException;
import java.lang.ref.Reference;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparePagesTest {
  private static final int PAGES = 100;

  private final SparePages spare = new SparePages();

  /** Held, so that the collector does not come between. */
  private final byte[][] table =
      IntStream.range(0, PAGES).mapToObj(_ -> page()).toArray(byte[][]::new);

  private final Set<byte[]> given = identitySet();

  @Test
  void handsOutWhatItWasGivenEachOnceAndNewOnesAfterwards() {
    Collections.addAll(given, table);
    table[3] = null;
    spare.give(table);

    Set<byte[]> taken = identitySet();
    try (SparePages.Supply supply = spare.supply()) {
      for (int i = 0; i < PAGES - 1; i++) {
        taken.add(supply.next());
      }
      taken.removeAll(given);
      assertEquals(Set.of(), taken);
      byte[] made = supply.next();
      assertEquals(GuestState.PAGE_BYTES, made.length);
      assertFalse(given.contains(made));
    }
    Reference.reachabilityFence(table);
  }

  @Test
  void leavesWhatOneGuestDoesNotNeedToTheNext() {
    Collections.addAll(given, table);
    spare.give(table);
    Set<byte[]> taken = identitySet();
    for (int guest = 0; guest < 10; guest++) {
      try (SparePages.Supply supply = spare.supply()) {
        for (int i = 0; i < PAGES / 10; i++) {
          taken.add(supply.next());
        }
      }
    }
    assertEquals(given, taken);
    Reference.reachabilityFence(table);
  }

  @Test
  void neverGivesOneArrayToTwoThatAreAtItAtOnce() {
    spare.give(table);
    try (SparePages.Supply one = spare.supply();
        SparePages.Supply other = spare.supply()) {
      assertNotSame(one.next(), other.next());
      assertNotSame(one.next(), other.next());
    }
    Reference.reachabilityFence(table);
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
