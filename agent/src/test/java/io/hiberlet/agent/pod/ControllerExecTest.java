package io.hiberlet.agent.pod;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.ExecCommand;
import io.hiberlet.agent.hostio.ExecOutput;
import io.hiberlet.agent.hostio.ExecRefusedException;
import io.hiberlet.agent.hostio.GuestExec;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.node.ExecStreams;
import io.hiberlet.node.TerminalSizes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands that controllers carry out. */
@Timeout(60)
final class ControllerExecTest extends ControllerFixture {
  private static final Duration SOON = Duration.ofMillis(200);

  private static GuestExec give(Controller to, boolean quiet) throws Exception {
    return to.exec(new ExecCommand(List.of("x"), false, false, quiet))
        .toCompletableFuture()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Exits with what it has read so far: the timer at its start, and commands. */
  private static final FakeGuest.Script OBEDIENT =
      (calls, read, kind) -> {
        if (kind == Completion.Kind.EXEC) {
          calls.execExit(read + 1, (int) Math.min(read, 255));
        }
      };

  @Test
  void aCommandWakesASleeperWhichSleepsAgainWhenItIsDone() throws Exception {
    Controller controller = asleep(OBEDIENT);
    try (GuestExec exec = give(controller, false)) {
      assertEquals("resident", next());
      assertEquals(new ExecOutput.Exited(1), exec.take());
    }
    assertEquals("hibernated", next());
  }

  @Test
  void aControllerStaysInMemoryWhileItCarriesACommandOut() throws Exception {
    Controller controller = asleep((calls, read, kind) -> {});
    GuestExec exec = give(controller, false);
    assertEquals("resident", next());
    assertEquals(null, news.poll(200, TimeUnit.MILLISECONDS), "it is not to sleep now");
    exec.close();
    assertEquals("hibernated", next());
  }

  @Test
  void quietCommandsDoNotKeepAControllerFromSleeping() throws Exception {
    firstTimer = NEVER;
    Controller controller = controller(SOON, OBEDIENT);
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    int commands = 0;
    while (news.isEmpty()) {
      try (GuestExec exec = give(controller, true)) {
        exec.take();
        commands++;
      }
    }
    assertEquals("hibernated", next());
    assertTrue(commands > 0);
  }

  @Test
  void aCommandEndsWithAnErrorWhenItsControllerDoes() throws Exception {
    Controller controller =
        asleep(
            (calls, read, kind) -> {
              throw new GuestTrapException("unreachable", null);
            });
    assertInstanceOf(ExecOutput.Broken.class, give(controller, false).take());
    assertEquals("resident", next());
    assertEquals("ended 134 Trapped", next());
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> give(controller, false));
    assertInstanceOf(ExecRefusedException.class, refused.getCause());
  }

  @Test
  void aStopDoesNotWaitForCommands() throws Exception {
    Controller controller = asleep((calls, read, kind) -> {});
    GuestExec exec = give(controller, false);
    assertEquals("resident", next());
    controller.stop(NEVER);
    assertEquals("ended 0 Completed", next());
    assertInstanceOf(ExecOutput.Broken.class, exec.take());
  }

  @Test
  void streamsAreCarriedBothWays() throws Exception {
    Controller controller =
        asleep(
            (calls, read, kind) -> {
              byte[] buffer = new byte[100];
              int count = calls.execRead(2, buffer);
              while (count > 0) {
                calls.execWrite(2, count == 100 ? 1 : 2, buffer.clone());
                count = calls.execRead(2, buffer);
              }
              if (count == 0) {
                calls.execExit(2, 9);
              }
            });
    var stdout = new ByteArrayOutputStream();
    var stderr = new ByteArrayOutputStream();
    byte[] input = "x".repeat(1000).getBytes(UTF_8);
    GuestExec exec =
        controller
            .exec(new ExecCommand(List.of("cat"), true, false, false))
            .toCompletableFuture()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    var client =
        new ExecStreams(new ByteArrayInputStream(input), stdout, stderr, new TerminalSizes());
    assertEquals(9, new GuestCommand(exec, client).run(true));
    assertArrayEquals(input, stdout.toByteArray());
    assertEquals(0, stderr.size());
  }

  @Test
  void aClientThatCannotBeWrittenToGivesUpTheCommand() throws Exception {
    Controller controller =
        asleep(
            (calls, read, kind) -> {
              if (kind == Completion.Kind.EXEC) {
                calls.execWrite(2, 1, new byte[10]);
              }
            });
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("the client has gone");
          }
        };
    var client = new ExecStreams(InputStream.nullInputStream(), gone, gone, new TerminalSizes());
    GuestExec exec = give(controller, false);
    assertThrows(IOException.class, () -> new GuestCommand(exec, client).run(false));
    assertEquals("resident", next());
    assertEquals("hibernated", next());
  }
}
