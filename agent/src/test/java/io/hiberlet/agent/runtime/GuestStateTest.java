package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A guest that is captured and resumed at every wake does what one that stays does. */
class GuestStateTest {
  private static final long AMPLE = 16 << 20;

  @ParameterizedTest
  @CsvSource({"state,10", "memories,4", "segments,2", "wasi,0"})
  void resumedGuestGoesOnAsOneThatStayed(String name, int wakes) throws Exception {
    GuestModule module = TestModules.compile(name);
    var staying = new RecordingCalls();
    var moving = new RecordingCalls();
    Guest resident = module.start(TestModules.environment(AMPLE), staying);
    Guest moved = module.start(TestModules.environment(AMPLE), moving);
    GuestState stored = moved.capture();
    for (int i = 0; i < wakes; i++) {
      moved.close();
      moved = module.resume(TestModules.environment(AMPLE), moving, stored);
      resident.wake();
      moved.wake();
      assertEquals(staying.timers, moving.timers, "wake " + i);
      stored = over(stored, moved.capture());
    }
    assertSameState(resident.capture(), stored);
    Guest last = module.resume(TestModules.environment(AMPLE), moving, stored);
    assertSameState(resident.capture(), over(stored, last.capture()));
    assertEquals(resident.memoryBytes(), last.memoryBytes());
  }

  /** What the disk has after a capture: its pages beside those that did not change. */
  private static GuestState over(GuestState stored, GuestState captured) {
    var memories = new ArrayList<GuestState.Memory>();
    for (int i = 0; i < stored.memories().size(); i++) {
      var pages = new TreeMap<Integer, GuestState.Page>();
      stored.memories().get(i).pages().forEach(page -> pages.put(page.index(), page));
      captured.memories().get(i).pages().forEach(page -> pages.put(page.index(), page));
      int size = captured.memories().get(i).wasmPages();
      memories.add(new GuestState.Memory(size, true, List.copyOf(pages.values())));
    }
    return with(
        captured,
        memories,
        captured.globals(),
        captured.tables(),
        captured.droppedData(),
        captured.droppedElements());
  }

  @Test
  void startSectionAndInitialiserRunOncePerLife() throws Exception {
    GuestModule module = TestModules.compile("state");
    var calls = new RecordingCalls();
    Guest guest = module.start(TestModules.environment(), calls);
    assertEquals(List.of(1000L, 2000L), calls.takeTimers());
    GuestState state = guest.capture();
    module.resume(TestModules.environment(), calls, state);
    assertEquals(List.of(), calls.takeTimers());
  }

  @Test
  void captureHasThePagesWrittenSinceTheLastWasStored() throws Exception {
    Guest guest =
        TestModules.compile("state").start(TestModules.environment(), new RecordingCalls());
    assertEquals(List.of(0), pages(guest.capture()));
    guest.wake();
    assertEquals(List.of(0, 1, 16), pages(guest.capture()));
    guest.stored();
    assertEquals(List.of(), pages(guest.capture()));
    guest.wake();
    assertEquals(List.of(1, 33), pages(guest.capture()));
    assertEquals(List.of(1, 33), pages(guest.capture()));
  }

  @Test
  void captureAfterAResumeHasWhatWasWrittenSince() throws Exception {
    GuestModule module = TestModules.compile("state");
    Guest guest = module.start(TestModules.environment(), new RecordingCalls());
    guest.wake();
    GuestState state = guest.capture();
    Guest resumed = module.resume(TestModules.environment(), new RecordingCalls(), state);
    assertEquals(List.of(), pages(resumed.capture()));
    resumed.wake();
    assertEquals(List.of(1, 33), pages(resumed.capture()));
  }

  /** As snapshots of version 1 have it: every page that is not zero. */
  @Test
  void stateThatKnowsNoImageReplacesItAndIsCapturedAnew() throws Exception {
    GuestModule module = TestModules.compile("state");
    Guest guest = module.start(TestModules.environment(), new RecordingCalls());
    GuestState state = guest.capture();
    var old = new GuestState.Memory(1, false, state.memories().getFirst().pages());
    Guest resumed =
        module.resume(
            TestModules.environment(),
            new RecordingCalls(),
            with(state, List.of(old), state.globals(), state.tables(), List.of()));
    assertEquals(List.of(0, 1), pages(resumed.capture()));
    assertArrayEquals(
        new byte[GuestState.PAGE_BYTES],
        resumed.capture().memories().getFirst().pages().get(1).bytes());
  }

  private static List<Integer> pages(GuestState state) {
    return state.memories().getFirst().pages().stream().map(GuestState.Page::index).toList();
  }

  @Test
  void instancesOfOneModuleShareNothing() throws Exception {
    GuestModule module = TestModules.compile("state");
    var first = new RecordingCalls();
    Guest grown = module.start(TestModules.environment(), first);
    grown.wake();
    grown.wake();
    var calls = new RecordingCalls();
    Guest fresh = module.start(TestModules.environment(), calls);
    fresh.wake();
    assertEquals(first.timers.subList(0, calls.timers.size()), calls.timers);
  }

  @Test
  void droppedSegmentsStayDropped() throws Exception {
    GuestModule module = TestModules.compile("segments");
    var calls = new RecordingCalls();
    Guest guest = module.start(TestModules.environment(), calls);
    guest.wake();
    assertEquals(List.of(), guest.capture().droppedData());
    guest.wake();
    GuestState state = guest.capture();
    assertEquals(List.of(1), state.droppedData());
    assertEquals(List.of(0), state.droppedElements());
    for (Guest third : List.of(guest, module.resume(TestModules.environment(), calls, state))) {
      assertThrows(GuestTrapException.class, third::wake);
    }
  }

  @Test
  void monotonicClockGoesOnByTheTimeAsleep() throws Exception {
    GuestModule module = TestModules.compile("wasi");
    GuestState state = module.start(TestModules.environment(), new RecordingCalls()).capture();
    var hourAgo = withClock(state, 5, Instant.now().minus(Duration.ofHours(1)));
    assertTrue(monotonicAfter(module, hourAgo) >= Duration.ofHours(1).toNanos() + 5);
  }

  @Test
  void monotonicClockNeverGoesBack() throws Exception {
    GuestModule module = TestModules.compile("wasi");
    GuestState state = module.start(TestModules.environment(), new RecordingCalls()).capture();
    var future = withClock(state, 1_000_000_000_000L, Instant.now().plus(Duration.ofDays(400)));
    assertTrue(monotonicAfter(module, future) >= 1_000_000_000_000L);
  }

  private static long monotonicAfter(GuestModule module, GuestState state) throws Exception {
    var calls = new RecordingCalls();
    module.resume(TestModules.environment(), calls, state).wake();
    return calls.timers.getFirst();
  }

  @Test
  void stateOfAnotherModuleIsRefused() throws Exception {
    GuestState state =
        TestModules.compile("state")
            .start(TestModules.environment(), new RecordingCalls())
            .capture();
    for (String other : List.of("memories", "segments", "commands", "wasi")) {
      GuestModule module = TestModules.compile(other);
      assertThrows(
          GuestStateException.class,
          () -> module.resume(TestModules.environment(), new RecordingCalls(), state),
          other);
    }
  }

  @Test
  void stateLargerThanTheLimitIsRefused() throws Exception {
    GuestModule module = TestModules.compile("state");
    Guest guest = module.start(TestModules.environment(), new RecordingCalls());
    guest.wake();
    guest.wake();
    GuestState state = guest.capture();
    var thrown =
        assertThrows(
            GuestStateException.class,
            () -> module.resume(TestModules.environment(2 << 16), new RecordingCalls(), state));
    assertEquals(
        "the state has a memory of 3 pages, the instance may have 1 to 2", thrown.getMessage());
  }

  @Test
  void damagedStatesAreRefused() throws Exception {
    GuestModule module = TestModules.compile("state");
    GuestState good = module.start(TestModules.environment(), new RecordingCalls()).capture();
    for (GuestState bad : damaged(good)) {
      assertThrows(
          GuestStateException.class,
          () -> module.resume(TestModules.environment(), new RecordingCalls(), bad));
    }
  }

  private static List<GuestState> damaged(GuestState good) {
    byte[] page = new byte[GuestState.PAGE_BYTES];
    var bad = new ArrayList<GuestState>();
    for (var memory :
        List.of(
            new GuestState.Memory(-1, false, List.of()),
            new GuestState.Memory(0, false, List.of()),
            new GuestState.Memory(Integer.MAX_VALUE, false, List.of()),
            new GuestState.Memory(1, false, List.of(new GuestState.Page(16, page))),
            new GuestState.Memory(1, false, List.of(new GuestState.Page(-1, page))),
            new GuestState.Memory(1, false, List.of(new GuestState.Page(0, new byte[1]))))) {
      bad.add(with(good, List.of(memory), good.globals(), good.tables(), List.of()));
    }
    bad.add(with(good, good.memories(), new long[0], good.tables(), List.of()));
    bad.add(with(good, good.memories(), new long[99], good.tables(), List.of()));
    bad.add(with(good, good.memories(), new long[] {0, 0, 0, 0, 0, 99}, good.tables(), List.of()));
    for (int[] functions : List.of(new int[0], new int[] {0, 99}, new int[] {-2, 0})) {
      var tables = List.of(functions, good.tables().get(1));
      bad.add(with(good, good.memories(), good.globals(), tables, List.of()));
    }
    bad.add(with(good, good.memories(), good.globals(), List.of(), List.of()));
    bad.add(with(good, good.memories(), good.globals(), good.tables(), List.of(7)));
    return bad;
  }

  private static GuestState with(
      GuestState state,
      List<GuestState.Memory> memories,
      long[] globals,
      List<int[]> tables,
      List<Integer> dropped) {
    return with(state, memories, globals, tables, dropped, dropped);
  }

  private static GuestState with(
      GuestState state,
      List<GuestState.Memory> memories,
      long[] globals,
      List<int[]> tables,
      List<Integer> droppedData,
      List<Integer> droppedElements) {
    return new GuestState(
        memories,
        globals,
        tables,
        droppedData,
        droppedElements,
        state.monotonicNanos(),
        state.capturedAt(),
        state.settings(),
        state.descriptors());
  }

  private static GuestState withClock(GuestState state, long nanos, Instant capturedAt) {
    return new GuestState(
        state.memories(),
        state.globals(),
        state.tables(),
        state.droppedData(),
        state.droppedElements(),
        nanos,
        capturedAt,
        state.settings(),
        state.descriptors());
  }

  private static void assertSameState(GuestState expected, GuestState actual) {
    assertArrayEquals(expected.globals(), actual.globals());
    assertEquals(expected.tables().size(), actual.tables().size());
    for (int i = 0; i < expected.tables().size(); i++) {
      assertArrayEquals(expected.tables().get(i), actual.tables().get(i));
    }
    assertEquals(expected.droppedData(), actual.droppedData());
    assertEquals(expected.droppedElements(), actual.droppedElements());
    assertEquals(expected.memories().size(), actual.memories().size());
    for (int i = 0; i < expected.memories().size(); i++) {
      assertSameMemory(expected.memories().get(i), actual.memories().get(i));
    }
  }

  private static void assertSameMemory(GuestState.Memory expected, GuestState.Memory actual) {
    assertEquals(expected.wasmPages(), actual.wasmPages());
    assertEquals(
        expected.pages().stream().map(GuestState.Page::index).toList(),
        actual.pages().stream().map(GuestState.Page::index).toList());
    for (int i = 0; i < expected.pages().size(); i++) {
      assertArrayEquals(expected.pages().get(i).bytes(), actual.pages().get(i).bytes());
    }
  }
}
