package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.Errno;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call of {@code hiberlet:v1}, made by a guest that does what its events tell it. */
class HiberletCallsTest {
  private static final int HTTP = 0;
  private static final int TIMER = 1;
  private static final int CANCEL = 2;
  private static final int READ = 3;
  private static final int NEXT = 4;
  private static final int PEEK = 5;
  private static final int WRITE = 6;
  private static final int EXEC_EXIT = 7;
  private static final int EXEC_READ = 8;

  private static final int MEMORY = 65_536;
  private static final int PAYLOAD_AT = 128;

  private final RecordingCalls calls = new RecordingCalls();
  private Guest guest;

  @BeforeEach
  void start() throws Exception {
    guest = TestModules.compile("commands").start(TestModules.environment(), calls);
  }

  private void command(int function, int a, int b, long c) {
    calls.send(function, a, b, 0, (int) c, (int) (c >> 32));
  }

  /** The results of the commands, without the report that each wake begins with. */
  private List<Long> wake() throws Exception {
    guest.wake();
    List<Long> reports = calls.takeTimers();
    assertEquals(Errno.NOENT.result(), reports.getFirst(), "no event before the first");
    return reports.subList(1, reports.size());
  }

  @Test
  void requestIsCopiedOutOfTheMemory() throws Exception {
    byte[] message = "GET /api HTTP/1.1\r\n\r\n".getBytes(UTF_8);
    command(READ, 1000, 0, 0);
    command(NEXT, 64, 0, 0);
    calls.waiting.add(new Completion(5, Completion.Kind.BODY_CHUNK, message));
    command(READ, 1000, 0, 0);
    assertEquals(List.of(24L, 1L), wake().subList(0, 2));

    command(NEXT, 64, 0, 0);
    calls.waiting.add(new Completion(5, Completion.Kind.BODY_CHUNK, message));
    command(HTTP, 1000, 12, 1);
    wake();
    assertEquals(1, calls.requests.size());
    assertEquals(12, calls.requests.getFirst().length);
    assertEquals(List.of(1), calls.flags);
  }

  @Test
  void requestOfNothingAtTheEndOfTheMemoryIsInside() throws Exception {
    command(HTTP, MEMORY, 0, 0);
    assertEquals(List.of(1L), wake());
    assertArrayEquals(new byte[0], calls.requests.getFirst());
  }

  @ParameterizedTest
  @ValueSource(ints = {MEMORY - 9, MEMORY, MEMORY + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  void requestOutsideOfTheMemoryIsFault(int pointer) throws Exception {
    command(HTTP, pointer, 10, 0);
    assertEquals(List.of((long) Errno.FAULT.result()), wake());
    assertTrue(calls.requests.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {MEMORY + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  void requestLongerThanTheMemoryIsFault(int length) throws Exception {
    command(HTTP, 0, length, 0);
    assertEquals(List.of((long) Errno.FAULT.result()), wake());
  }

  @Test
  void timerAndCancelPassTheirNumbers() throws Exception {
    command(TIMER, 0, 0, 1L << 40);
    command(CANCEL, 0, 0, (1L << 33) + 5);
    assertEquals(List.of(1L << 40, 77L, (long) Errno.NOENT.result()), wake());
    assertEquals(List.of((1L << 33) + 5), calls.cancelled);
  }

  @Test
  void headerTellsOperationKindAndLength() throws Exception {
    command(NEXT, 2048, 0, 0);
    calls.waiting.add(new Completion(1L << 40, Completion.Kind.STOP, new byte[8]));
    command(PEEK, 2048, 0, 0);
    command(PEEK, 2056, 0, 0);
    assertEquals(List.of(1L, 1L << 40, (8L << 32) | 9), wake());
  }

  @ParameterizedTest
  @ValueSource(ints = {MEMORY - 15, MEMORY, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -16})
  void headerOutsideOfTheMemoryIsFaultAndKeepsTheEvent(int header) throws Exception {
    command(NEXT, header, 0, 0);
    command(TIMER, 0, 0, 9);
    assertEquals(List.of((long) Errno.FAULT.result(), 9L, 77L), wake(), "the next one still comes");
  }

  @Test
  void headerAtTheEndOfTheMemoryIsInside() throws Exception {
    command(NEXT, MEMORY - 16, 0, 0);
    assertEquals(List.of(0L), wake());
  }

  @Test
  void payloadCanBeReadAgainUntilTheNextEvent() throws Exception {
    command(READ, 4096, 0, 0);
    command(PEEK, 4096, 0, 0);
    assertEquals(List.of(24L, (4096L << 32) | READ), wake());
  }

  @ParameterizedTest
  @ValueSource(ints = {MEMORY - 23, MEMORY, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -24})
  void payloadOutsideOfTheMemoryIsFault(int pointer) throws Exception {
    command(READ, pointer, 0, 0);
    command(READ, MEMORY - 24, 0, 0);
    assertEquals(List.of((long) Errno.FAULT.result(), 24L), wake());
  }

  @Test
  void whatIsWrittenIsCopiedOutOfTheMemory() throws Exception {
    command(WRITE, PAYLOAD_AT, 4, 9L << 32 | 2);
    command(EXEC_EXIT, 3, 0, 1L << 40);
    assertEquals(List.of(4L, 0L), wake());
    assertEquals("9 2 " + "\6\0\0\0", calls.written.get(0), "the command itself is there");
    assertEquals((1L << 40) + " exit 3", calls.written.get(1));
  }

  @Test
  void whatIsReadIsCopiedIntoTheMemory() throws Exception {
    command(EXEC_READ, MEMORY - 8, 8, 9);
    command(PEEK, MEMORY - 8, 0, 0);
    assertEquals(List.of(8L, 0x7878_7878_7878_7878L), wake());
    command(EXEC_READ, 1024, MEMORY - 1024, 9);
    assertEquals(List.of(32_768L), wake(), "no call reads more");
  }

  @ParameterizedTest
  @ValueSource(ints = {MEMORY - 9, MEMORY, MEMORY + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  void readingAndWritingOutsideOfTheMemoryIsFault(int pointer) throws Exception {
    command(EXEC_READ, pointer, 10, 1);
    command(WRITE, pointer, 10, 1L << 32 | 1);
    long fault = Errno.FAULT.result();
    assertEquals(List.of(fault, fault), wake());
    assertEquals(List.of(), calls.written);
  }

  @ParameterizedTest
  @ValueSource(ints = {MEMORY + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  void writingMoreThanTheMemoryIsFault(int length) throws Exception {
    command(WRITE, 0, length, 1L << 32 | 1);
    assertEquals(List.of((long) Errno.FAULT.result()), wake());
  }

  @Test
  void aModuleThatCanEndCommandsHandlesThem() throws Exception {
    assertTrue(TestModules.compile("commands").handlesExec());
    assertFalse(TestModules.compile("misbehaviour").handlesExec());
  }

  @Test
  void thereIsNoEventAfterTheLast() throws Exception {
    command(NEXT, 64, 0, 0);
    assertEquals(List.of(0L), wake());
    assertEquals(List.of(), wake());
  }

  @Test
  void eventEndsWithTheWake() throws Exception {
    command(READ, PAYLOAD_AT, 0, 0);
    assertEquals(List.of(24L), wake());
    assertEquals(List.of(), wake());
  }
}
