package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.runtime.file.GuestMount;
import io.hiberlet.agent.runtime.file.Volume;
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
    var mount = new GuestMount("/etc/config", Volume.shared(folder, List.of()), List.of(), true);
    return new GuestEnvironment(GuestSettings.NONE, List.of(mount), log, log, 1 << 20);
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    Files.writeString(folder.resolve("greeting"), "hello, world");
    GuestModule module = TestModules.compile("files");
    Guest guest = module.start(environment(), calls);
    guest.wake();
    GuestState state = guest.capture();
    assertEquals(
        List.of(OpenDescriptor.readOnly(4, "/etc/config/greeting", 5)), state.descriptors());
    guest.close();
    Guest resumed = module.resume(environment(), calls, state);
    calls.waiting.add(new Completion(1, Completion.Kind.TIMER, new byte[0]));
    resumed.wake();
    assertEquals("hello\n, world\n", log.toString(UTF_8));
  }

  @Test
  void writesOnWhereItWas() throws Exception {
    var mount = new GuestMount("/data", Volume.limited(folder, 1 << 20), List.of(), false);
    var writable = new GuestEnvironment(GuestSettings.NONE, List.of(mount), log, log, 1 << 20);
    GuestModule module = TestModules.compile("writer");
    Guest guest = module.start(writable, calls);
    guest.wake();
    GuestState state = guest.capture();
    assertEquals(
        List.of(new OpenDescriptor(4, "/data/log", 4, true, true, OpenDescriptor.APPEND)),
        state.descriptors());
    guest.close();
    Files.writeString(folder.resolve("log"), "one, and what somebody else wrote\n");
    Guest resumed = module.resume(writable, calls, state);
    calls.waiting.add(new Completion(1, Completion.Kind.TIMER, new byte[0]));
    resumed.wake();
    assertEquals("one, and what somebody else wrote\ntwo\n", log.toString(UTF_8));
    resumed.close();
  }

  @ParameterizedTest
  @CsvSource({"3, 0, 0", "-1, 0, 0", "4, -1, 0", "4, 0, 32"})
  void whatNoGuestCanHaveOpenIsRefused(int number, long offset, int flags) throws Exception {
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
            List.of(new OpenDescriptor(number, "/etc", offset, true, false, flags)));
    assertThrows(GuestStateException.class, () -> module.resume(environment(), calls, bad));
  }

  @Test
  void withoutTheMountItsImportsAnswerThatThereIsNoSuchDescriptor() throws Exception {
    var nothing = new GuestEnvironment(GuestSettings.NONE, List.of(), log, log, 1 << 20);
    Guest guest = TestModules.compile("files").start(nothing, calls);
    assertThrows(GuestTrapException.class, guest::wake);
  }
}
