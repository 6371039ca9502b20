package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.snapshot.FaultySnapshotStore.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a controller goes through when its guest, or something on the device, fails. */
final class ControllerTroubleTest extends ControllerFixture {
  @Test
  void aTrapEndsIt() {
    controller(
            NEVER,
            (calls, read, kind) -> {
              throw new GuestTrapException("unreachable");
            })
        .start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("ended 134 Trapped", next());
  }

  @Test
  void aWakeThatTakesTooLongEndsIt() {
    wakeLimit = Duration.ofMillis(20);
    controller(
            NEVER,
            (calls, read, kind) -> {
              awaitInterrupt();
            })
        .start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("ended 137 WakeTimeout", next());
  }

  @Test
  void whatCannotBeOpenedEndsItWithTheReason() {
    broken = new UncheckedIOException(new IOException("no space left on device"));
    controller(NEVER, (calls, read, kind) -> {}).start(GuestSettings.NONE);
    assertEquals("ended 1 HostError", next());
  }

  @Test
  void aSnapshotThatCannotBeTrustedEndsThisLifeAndNothingElse() {
    Controller controller = asleep((calls, read, kind) -> {});
    corruptSnapshots();
    controller.stop(Duration.ofMinutes(1));
    assertEquals("ended 1 SnapshotCorrupt", next());
    assertEquals(List.of("uid-1_operator"), disk.quarantined());
  }

  @Test
  void aWakeThatTakesTooLongGoesBackToTheSnapshot() throws Exception {
    wakeLimit = Duration.ofMillis(20);
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              if (read > 1) {
                awaitInterrupt();
              }
              calls.timer(50);
            });
    controller.start(GuestSettings.NONE);
    List<String> said = new ArrayList<>(List.of(next()));
    while (!said.getLast().startsWith("trouble")) {
      said.add(next());
    }
    assertEquals("trouble WakeTimeout", said.getLast());
    assertTrue(said.contains("hibernated"), "" + said);
    assertEquals("hibernated", next());
    ControllerStatus status =
        controller.status().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertEquals("HIBERNATED", status.state());
    assertEquals(0, status.memoryBytes());
  }

  @Test
  void stoppingReachesAGuestWhoseLastWakeTookTooLong() {
    wakeLimit = Duration.ofMillis(100);
    AtomicBoolean slow = new AtomicBoolean(); // once: the timer may be heard again before the stop
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              if (kind == Completion.Kind.STOP) {
                throw new GuestExitException(3);
              }
              if (read > 1 && !slow.getAndSet(true)) {
                awaitInterrupt();
              }
              calls.timer(50);
            });
    controller.start(GuestSettings.NONE);
    String said = next();
    while (!said.equals("trouble WakeTimeout")) {
      said = next();
    }
    assertEquals("hibernated", next());
    controller.stop(Duration.ofMinutes(5));
    assertEquals("resident", next());
    assertEquals("ended 3 Error", next());
  }

  @Test
  void anAdoptedOneWaitsForWhatCannotBeOpenedNow() {
    asleep((calls, read, kind) -> {}).suspend().toCompletableFuture().join();

    broken = new UncheckedIOException(new IOException("no space left on device"));
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              throw new GuestExitException((int) read);
            });
    controller.adopt(OperationsState.INITIAL);
    assertEquals("hibernated", next());
    assertEquals("trouble ResumeFailed", next());
    broken = null;
    controller.stop(Duration.ofMinutes(5));
    assertEquals("resident", next());
    assertEquals("ended 1 Error", next());
  }

  @Test
  void aDiskThatFailsAWhileCostsNoState() {
    Controller controller =
        asleep(
            (calls, read, kind) -> {
              throw new GuestExitException((int) read);
            });
    store.setFaults(new Faults(0, 0, 1, 0));
    controller.stop(Duration.ofMinutes(5));
    assertEquals("trouble ResumeFailed", next());
    store.setFaults(Faults.NONE);
    assertEquals("resident", next());
    assertEquals("ended 1 Error", next());
  }

  @Test
  void aFullDiskKeepsItInMemory() {
    firstTimer = NEVER;
    store.setFaults(new Faults(1, 0, 0, 0));
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              throw new GuestExitException((int) read);
            });
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("trouble HibernationFailed", next());
    controller.stop(Duration.ofMinutes(5));
    assertEquals("ended 1 Error", next());
  }
}
