package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.snapshot.FaultySnapshotStore.Faults;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lives of controllers that do not fit into memory together. */
final class ControllerRoomTest extends ControllerFixture {
  private static final ControllerId OTHER = new ControllerId("uid-2", "operator");

  @BeforeEach
  void haveRoomForOne() {
    room = new ResidentRoom(300 << 10); // one has come to rest, or is expected to be small
    firstTimer = NEVER;
  }

  @Test
  void oneThatHasNothingToDoSleepsEarlyForAnother() throws Exception {
    Controller first = started(ID);
    assertEquals("resident", next());
    Controller second = started(OTHER);
    assertEquals("hibernated", next());
    assertEquals("resident", next());
    second.stop(Duration.ZERO).toCompletableFuture().get();
    first.stop(Duration.ZERO).toCompletableFuture().get();
    assertEquals(0, room.heldBytes());
  }

  @Test
  void thoseThatAlwaysHaveSomethingToDoTakeTurns() {
    firstTimer = Duration.ofMillis(1);
    CountDownLatch both = new CountDownLatch(2);
    AtomicInteger ends = new AtomicInteger();
    for (ControllerId id : new ControllerId[] {ID, OTHER}) {
      controller(
              id,
              NEVER,
              (calls, read, kind) -> {
                calls.timer(0);
                if (read == 1) {
                  both.countDown();
                }
                if (read > 1 && both.getCount() == 0) {
                  throw new GuestExitException(ends.incrementAndGet());
                }
              })
          .start(GuestSettings.NONE);
    }
    for (String said = next(); !said.startsWith("ended 2"); said = next()) {
      assertTrue(!said.startsWith("trouble"), said);
    }
  }

  @Test
  void aFullDiskKeepsTheFirstInMemoryAndTheOtherWaitsUntilItEnds() throws Exception {
    Controller first = started(ID);
    assertEquals("resident", next());
    store.setFaults(new Faults(1, 0, 0, 0));
    started(OTHER);
    assertEquals("trouble HibernationFailed", next());
    assertEquals(1, room.waiting());
    first.stop(Duration.ZERO);
    assertEquals("ended 137 Error", next());
    assertEquals("resident", next());
  }

  private Controller started(ControllerId id) {
    Controller controller = controller(id, NEVER, (calls, read, kind) -> {});
    controller.start(GuestSettings.NONE);
    return controller;
  }
}
