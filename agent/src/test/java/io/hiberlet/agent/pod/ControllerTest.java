package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Lives of controllers that go well. */
final class ControllerTest extends ControllerFixture {
  @Test
  void anIdleControllerHibernatesAndATimerBringsItBackWithItsMemory() {
    controller(
            AT_ONCE,
            (calls, read, kind) -> {
              if (read == 5) {
                throw new GuestExitException(7);
              }
              calls.timer(50);
            })
        .start(GuestSettings.NONE);
    assertEquals("resident", next());
    int hibernations = 0;
    String said = next();
    while (said.equals("hibernated")) {
      hibernations++;
      assertEquals("resident", next());
      said = next();
    }
    assertEquals("ended 7 Error", said);
    assertTrue(hibernations > 0);
  }

  @Test
  void withoutIdleTimeItSleepsAfterEachWakeEvenWhenThereIsMoreForIt() throws Exception {
    CountDownLatch last = new CountDownLatch(1);
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              if (read == 20) {
                last.countDown();
              } else {
                calls.timer(0); // which is due before it has come to rest
              }
            });
    controller.start(GuestSettings.NONE);
    assertTrue(last.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    ControllerStatus.Counters counters = controller.status().toCompletableFuture().get().counters();
    assertTrue(counters.wakes() > 1);
    assertEquals(counters.wakes(), counters.suspends());
  }

  @Test
  void anotherProcessAdoptsWhatThisOneSuspended() throws Exception {
    CountDownLatch firstRead = new CountDownLatch(1);
    Controller first =
        controller(
            NEVER,
            (calls, read, kind) -> {
              calls.timer(1);
              firstRead.countDown();
            });
    first.start(GuestSettings.NONE);
    firstRead.await();
    first.suspend().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    news.clear();

    OperationsState pending = snapshots.operations(ID).orElseThrow();
    controller(
            NEVER,
            (calls, read, kind) -> {
              assertTrue(read > 1, "it must go on counting, not begin again");
              throw new GuestExitException(0);
            })
        .adopt(pending);
    assertEquals("hibernated", next());
    assertEquals("resident", next());
    assertEquals("ended 0 Completed", next());
  }

  @Test
  void stoppingTellsTheGuestEvenOneThatSleeps() {
    Controller controller =
        asleep(
            (calls, read, kind) -> {
              throw new GuestExitException(kind == Completion.Kind.STOP ? 3 : 4);
            });
    controller.stop(Duration.ofMinutes(1));
    assertEquals("resident", next());
    assertEquals("ended 3 Error", next());
  }

  @Test
  void aGuestThatHasNothingLeftToDoIsNotWaitedFor() {
    Controller controller = controller(NEVER, (calls, read, kind) -> calls.timer(86_400_000));
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    controller.stop(Duration.ofDays(1));
    assertEquals("ended 0 Completed", next());
  }

  @Test
  void withoutGraceItIsKilled() {
    Controller controller = controller(NEVER, (calls, read, kind) -> {});
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    controller.stop(Duration.ZERO);
    assertEquals("ended 137 Error", next());
  }
}
