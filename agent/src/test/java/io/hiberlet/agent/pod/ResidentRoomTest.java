package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ResidentRoomTest {
  private final ResidentRoom room = new ResidentRoom(100);
  private final List<String> said = new ArrayList<>();
  private final ResidentRoom.Tenant first = tenant("first");
  private final ResidentRoom.Tenant second = tenant("second");
  private final ResidentRoom.Tenant third = tenant("third");

  @Test
  void letsInWhoFits() {
    assertTrue(enter(first, "first", 60));
    assertTrue(enter(second, "second", 40));
    assertFalse(enter(third, "third", 1));
    assertEquals(List.of("first is in", "second is in"), said);
    assertEquals(100, room.heldBytes());
    assertEquals(1, room.waiting());
  }

  @Test
  void whoIsAloneIsLetInWhateverItNeeds() {
    assertTrue(enter(first, "first", 1000));
    assertFalse(enter(second, "second", 1));
    room.left(first);
    assertEquals(List.of("first is in", "second is in"), said);
    assertEquals(1, room.heldBytes());
  }

  @Test
  void thoseThatCameToRestFirstAreAskedToLeaveAndNoMoreThanMust() {
    enter(first, "first", 40);
    enter(second, "second", 40);
    room.rests(second, 30, true);
    room.rests(first, 50, true);
    assertFalse(enter(third, "third", 40));
    assertEquals(List.of("first is in", "second is in", "second makes room"), said);
    room.left(second);
    assertEquals("third is in", said.getLast());
    assertEquals(4, said.size());
  }

  @Test
  void whoWaitsLongestComesFirstEvenWhenAnotherWouldFit() {
    enter(first, "first", 90);
    enter(second, "second", 90);
    assertFalse(enter(third, "third", 10));
    room.left(second);
    assertEquals(List.of("first is in", "third is in"), said);
  }

  @Test
  void whoIsBusyIsWantedOnlyWhenNobodyElseCanLeave() {
    enter(first, "first", 50);
    enter(second, "second", 50);
    assertFalse(room.isCrowded());
    room.rests(first, 50, true);
    enter(third, "third", 50);
    assertFalse(room.isCrowded(), "one was asked to leave");
    room.rests(first, 50, false);
    assertTrue(room.isCrowded());
    room.rests(second, 50, true);
    assertEquals("second makes room", said.getLast());
    assertFalse(room.isCrowded());
  }

  @Test
  void whoShrinksMakesRoomToo() {
    enter(first, "first", 90);
    enter(second, "second", 50);
    room.rests(first, 50, false);
    assertEquals(List.of("first is in", "second is in"), said);
  }

  @Test
  void whoeverLeavesWithoutHavingComeInIsForgotten() {
    enter(first, "first", 90);
    enter(second, "second", 50);
    room.left(second);
    room.left(second);
    room.left(first);
    assertEquals(0, room.heldBytes());
    assertEquals(0, room.waiting());
    assertEquals(List.of("first is in"), said);
  }

  @Test
  void aFirstGuestOfAModuleCountsWithItsLimitUntilItCameToRest() {
    enterNew(first, "first", 60);
    enterNew(second, "second", 45);
    enterNew(third, "third", 45);
    assertEquals(List.of("first is in", "second is in"), said);
    assertEquals(50 + 45, room.heldBytes(), "no more than half of the room for the unknown");
    room.rests(first, 20, false);
    assertEquals("third is in", said.getLast());
    assertEquals(20 + 45 + 20, room.heldBytes(), "as large as the one that is known");
  }

  @Test
  void othersOfAModuleAreExpectedToBeAsLargeAsThoseThatWereThere() {
    enterNew(first, "first", 1000);
    room.rests(first, 40, true);
    room.left(first);
    enterNew(first, "first", 1000);
    assertEquals(40, room.heldBytes());
    room.rests(first, 8, true);
    enterNew(second, "second", 1000);
    assertEquals(8 + 36, room.heldBytes(), "a large one is forgotten by and by");
  }

  @Test
  void whenThoseInsideHaveGrownSomeLeaveAlthoughNobodyWaits() {
    enter(first, "first", 40);
    enter(second, "second", 40);
    room.rests(first, 50, true);
    room.rests(second, 70, true);
    assertEquals("first makes room", said.getLast());
    room.left(first);
    room.rests(second, 200, true);
    assertEquals("first makes room", said.getLast(), "one that is alone may be larger");
    assertFalse(room.isCrowded());
  }

  @Test
  void whoIsBusyIsWantedWhenThoseInsideHaveGrown() {
    enter(first, "first", 40);
    enter(second, "second", 40);
    room.rests(first, 50, false);
    assertFalse(room.isCrowded());
    room.rests(second, 70, false);
    assertTrue(room.isCrowded());
  }

  @Test
  void whoGrowsMayTakeAQuarterMoreTogetherAndWhoIsAloneAnything() {
    enter(first, "first", 40);
    enter(second, "second", 40);
    room.rests(second, 40, true);
    assertTrue(room.grow(first, 20));
    assertEquals(2, said.size(), "nobody has to leave");
    assertTrue(room.grow(first, 25));
    assertEquals("second makes room", said.getLast());
    assertFalse(room.grow(first, 1));
    room.left(second);
    assertTrue(room.grow(first, 1000));
    assertEquals(1085, room.heldBytes());
    room.rests(first, 50, true);
    assertEquals(50, room.heldBytes());
  }

  @Test
  void whoGrowsAlthoughItWasAskedToLeaveLeavesWithAllThatItHolds() {
    enter(first, "first", 50);
    room.rests(first, 50, true);
    assertFalse(enter(second, "second", 60));
    assertTrue(room.grow(first, 30));
    room.left(first);
    assertEquals("second is in", said.getLast());
    assertEquals(60, room.heldBytes());
    assertFalse(enter(third, "third", 50));
    room.rests(second, 60, true);
    assertEquals("second makes room", said.getLast());
  }

  /** Tenants that do as they are asked, at random times; all of them come in again and again. */
  @Test
  void keepsItsBoundAndLetsEverybodyIn() {
    for (long seed = 0; seed < 200; seed++) {
      new Random(seed).run();
    }
  }

  private boolean enter(ResidentRoom.Tenant tenant, String name, long bytes) {
    return room.enter(tenant, held(bytes), () -> said.add(name + " is in"));
  }

  private void enterNew(ResidentRoom.Tenant tenant, String name, long limit) {
    room.enter(
        tenant, new ResidentRoom.Claim("sha256:new", limit, 0), () -> said.add(name + " is in"));
  }

  private static ResidentRoom.Claim held(long bytes) {
    return new ResidentRoom.Claim("sha256:known", 1000, bytes);
  }

  private ResidentRoom.Tenant tenant(String name) {
    return () -> said.add(name + " makes room");
  }

  private static final class Random {
    private final ResidentRoom room = new ResidentRoom(10);
    private final SplittableRandom random;
    private final Set<Guest> in = new HashSet<>();
    private final List<Guest> guests = new ArrayList<>();

    Random(long seed) {
      random = new SplittableRandom(seed);
      for (int i = 0; i < 6; i++) {
        guests.add(new Guest(1 + random.nextInt(12)));
      }
    }

    void run() {
      for (int step = 0; step < 300; step++) {
        guests.get(random.nextInt(guests.size())).step();
        long held = in.stream().mapToLong(guest -> guest.bytes).sum();
        assertEquals(held, room.heldBytes());
        assertTrue(held <= 10 || in.size() == 1, () -> in.size() + " hold " + held);
      }
      guests.forEach(guest -> assertTrue(guest.stays > 0, "one never came in"));
      guests.forEach(room::left);
      assertEquals(0, room.heldBytes());
    }

    private final class Guest implements ResidentRoom.Tenant {
      final long bytes;
      boolean asked;
      boolean waits;
      int stays;

      Guest(long bytes) {
        this.bytes = bytes;
      }

      void step() {
        if (in.contains(this)) {
          if (asked || random.nextInt(4) == 0) {
            asked = false;
            in.remove(this);
            room.left(this);
          } else {
            room.rests(this, bytes, true);
          }
        } else if (!waits) {
          waits = true;
          room.enter(this, held(bytes), this::admitted);
        }
      }

      void admitted() {
        waits = false;
        stays++;
        in.add(this);
      }

      @Override
      public void makeRoom() {
        asked = true;
      }
    }
  }
}
