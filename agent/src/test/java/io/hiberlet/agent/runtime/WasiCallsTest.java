package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WASI as a guest sees it. The numbers of the reports are those in wasi.wat. */
class WasiCallsTest {
  private static final long NOTSUP = 58;
  private static final long BADF = 8;
  private static final long FAULT = 21;

  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private final RecordingCalls calls = new RecordingCalls();
  private GuestModule module;
  private Guest guest;
  private List<Long> reports;

  @BeforeEach
  void wake() throws Exception {
    var env = new LinkedHashMap<String, String>();
    env.put("B", "2");
    env.put("A", "ä=1");
    var settings = new GuestSettings(List.of("wasi", "two words"), env);
    var environment = new GuestEnvironment(settings, List.of(), stdout, stderr, 1 << 20);
    module = TestModules.compile("wasi");
    guest = module.start(environment, calls);
    guest.wake();
    reports = calls.takeTimers();
  }

  @Test
  void argumentsAndLogs() {
    assertEquals("wasi\0two words\0!ok\n", stdout.toString(UTF_8));
    assertEquals("B=2\0A=ä=1\0", stderr.toString(UTF_8));
  }

  @Test
  void argumentsAndEnvironmentAreThoseOfTheLifesBeginning() throws Exception {
    GuestState state = guest.capture();
    stdout.reset();
    stderr.reset();
    var others = new GuestSettings(List.of("other"), Map.of("A", "other"));
    var environment = new GuestEnvironment(others, List.of(), stdout, stderr, 1 << 20);
    Guest resumed = module.resume(environment, calls, state);
    resumed.wake();
    assertEquals("wasi\0two words\0!ok\n", stdout.toString(UTF_8));
    assertEquals("B=2\0A=ä=1\0", stderr.toString(UTF_8));
    assertEquals(state.settings(), resumed.capture().settings());
  }

  @Test
  void monotonicClockBeginsWithTheControllerAndGoesOn() throws Exception {
    long first = reports.getFirst();
    assertTrue(first >= 0 && first < Duration.ofMinutes(5).toNanos(), "" + first);
    guest.wake();
    assertTrue(calls.timers.getFirst() > first + Duration.ofMillis(2).toNanos());
  }

  @Test
  void wallClockIsReal() {
    var told = Instant.ofEpochSecond(0, reports.get(1));
    assertTrue(Duration.between(told, Instant.now()).abs().compareTo(Duration.ofMinutes(5)) < 0);
  }

  @Test
  void randomNumbersDiffer() {
    assertNotEquals(reports.get(2), reports.get(3));
  }

  @Test
  void standardDescriptorsStayAndOthersAreUnknown() {
    assertEquals(List.of(NOTSUP, BADF, NOTSUP, BADF, BADF), reports.subList(4, 9));
  }

  @Test
  void pollSleepsUntilTheClockAndNamesTheSubscription() {
    assertEquals(List.of(0L, 1L, 77L), reports.subList(9, 12));
    assertEquals(0L, reports.get(12), "a time that has passed");
    assertEquals(FAULT, reports.get(13));
  }
}
