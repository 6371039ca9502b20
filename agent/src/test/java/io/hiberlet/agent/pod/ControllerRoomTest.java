package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.snapshot.FaultySnapshotStore.Faults;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lives of controllers that do not fit into memory together. */
final class ControllerRoomTest extends ControllerFixture {
  private static final ControllerId OTHER = new ControllerId("uid-2", "operator");

  @BeforeEach
  void haveRoomForOne() {
    room = new ResidentRoom(FakeGuest.HELD_BYTES * 3 / 2);
    firstTimer = NEVER;
  }

  @Test
  void oneThatHasNothingToDoSleepsEarlyForAnother() throws Exception {
    Controller first = started(ID);
    assertEquals("resident", next());
    first.status().toCompletableFuture().get(); // which it tells when it has come to rest
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
    first.status().toCompletableFuture().get();
    store.setFaults(new Faults(1, 0, 0, 0));
    started(OTHER);
    assertEquals("trouble HibernationFailed", next());
    assertEquals(1, room.waiting());
    first.stop(Duration.ZERO);
    Set<String> news = new HashSet<>(); // by two threads
    news.add(next());
    news.add(next());
    assertEquals(Set.of("ended 137 Error", "resident"), news);
  }

  @Test
  void oneThatGrowsBeyondTheRoomGoesBackToItsSnapshotAndWaitsUntilTheOthersHaveLeft()
      throws Exception {
    room = new ResidentRoom(3 * FakeGuest.HELD_BYTES);
    Controller growing = asleep(new Growing());
    Controller other = started(OTHER);
    assertEquals("resident", next());
    other.status().toCompletableFuture().get();
    growing.stop(Duration.ofMinutes(1));
    assertEquals("resident", next());
    assertEquals("hibernated", next());
    assertEquals("hibernated", next(), "the other");
    assertEquals("resident", next());
    assertEquals("ended 5 Error", next(), "it was told a second time, when it was alone");
  }

  private static final class Growing implements FakeGuest.Script {
    @Override
    public long grows() {
      return 4 * FakeGuest.HELD_BYTES;
    }

    @Override
    public void act(HostCalls calls, long read, Completion.Kind kind) throws GuestExitException {
      throw new GuestExitException(5);
    }
  }

  private Controller started(ControllerId id) {
    Controller controller = controller(id, NEVER, (calls, read, kind) -> {});
    controller.start(GuestSettings.NONE);
    return controller;
  }
}
