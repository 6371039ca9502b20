package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A guest that writes to 4 MiB in its first wake. */
final class RoomToGrowTest {
  private static final byte[] GROWING =
      WasmBytes.wakeWith(
          0,
          new byte[] {
            0x41,
            (byte) 0xc0,
            0,
            0x40,
            0,
            0x1a, // drop(memory.grow(64))
            0x41,
            0,
            0x41,
            1, // from 0, ones
            0x41,
            (byte) 0x80,
            (byte) 0x80,
            (byte) 0x80,
            2, // as many as 4 MiB
            (byte) 0xfc,
            0x0b,
            0 // memory.fill
          });

  private final List<Long> taken = new ArrayList<>();
  private Guest guest;

  @BeforeEach
  void start() throws Exception {
    GuestModule module = GuestModule.compile(GROWING, ModuleLimits.DEFAULT);
    guest = module.start(TestModules.environment(8 << 20), new RecordingCalls());
  }

  @Test
  void roomIsTakenByTheMebibyteAsPagesAreWrittenTo() throws Exception {
    guest.takeRoomFrom(taken::add);
    guest.wake();
    assertEquals(List.of(1L << 20, 1L << 20, 1L << 20, 1L << 20), taken);
    guest.wake();
    assertEquals(4, taken.size(), "it has written to all of them");
  }

  @Test
  void whereThereIsNoneTheWakeEndsAndWithItTheGuest() {
    guest.takeRoomFrom(bytes -> taken.add(bytes) && taken.size() < 2);
    assertThrows(GuestCrowdedOutException.class, guest::wake);
    assertEquals(2, taken.size());
    assertThrows(IllegalStateException.class, guest::wake);
  }
}
