package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hiberlet.agent.hostio.Completion;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A guest that has a file open while it sleeps. */
final class OpenFilesResumeTest {
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final RecordingCalls calls = new RecordingCalls();

  @TempDir private Path folder;

  private GuestEnvironment environment() {
    var mount = new GuestMount("/etc/config", folder);
    return new GuestEnvironment(GuestSettings.NONE, List.of(mount), log, log, 1 << 20);
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    Files.writeString(folder.resolve("greeting"), "hello, world");
    GuestModule module = TestModules.compile("files");
    Guest guest = module.start(environment(), calls);
    guest.wake();
    GuestState state = guest.capture();
    assertEquals(List.of(new OpenDescriptor(4, "/etc/config/greeting", 5)), state.descriptors());
    guest.close();
    Guest resumed = module.resume(environment(), calls, state);
    calls.waiting.add(new Completion(1, Completion.Kind.TIMER, new byte[0]));
    resumed.wake();
    assertEquals("hello\n, world\n", log.toString(UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"3, 0", "-1, 0", "4, -1"})
  void whatNoGuestCanHaveOpenIsRefused(int number, long offset) throws Exception {
    GuestModule module = TestModules.compile("files");
    GuestState good = module.start(environment(), calls).capture();
    var bad =
        new GuestState(
            good.memories(),
            good.globals(),
            good.tables(),
            good.droppedData(),
            good.droppedElements(),
            good.monotonicNanos(),
            good.capturedAt(),
            good.settings(),
            List.of(new OpenDescriptor(number, "/etc", offset)));
    assertThrows(GuestStateException.class, () -> module.resume(environment(), calls, bad));
  }

  @Test
  void withoutTheMountItsImportsAnswerThatThereIsNoSuchDescriptor() throws Exception {
    var nothing = new GuestEnvironment(GuestSettings.NONE, List.of(), log, log, 1 << 20);
    Guest guest = TestModules.compile("files").start(nothing, calls);
    assertThrows(GuestTrapException.class, guest::wake);
  }
}
