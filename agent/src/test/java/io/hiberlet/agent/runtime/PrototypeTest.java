package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.Completion.Kind;
import io.hiberlet.agent.hostio.Errno;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Controllers of the paper's prototype run as they are. The guest is prototype.wat. */
class PrototypeTest {
  private static final int TOLD = 65_536;
  private static final int ANSWER = 1;
  private static final int STREAM = 2;
  private static final int DELAY = 77;
  private static final String HEAD =
      "HTTP/1.1 201 Created\r\nContent-Type: a/b\r\nx: 1\r\nX: 2\r\n\r\n";

  /** What the prototype's host makes of that: u16, then the map of names and lists of values. */
  private static final String META =
      "c900"
          + "0200000000000000"
          + "0c00000000000000636f6e74656e742d74797065"
          + "0100000000000000"
          + "0300000000000000612f62"
          + "010000000000000078"
          + "0200000000000000"
          + "010000000000000031"
          + "010000000000000032";

  private static final String BAD_GATEWAY = "f6010000000000000000";

  private static GuestModule module;

  private final RecordingCalls calls = new RecordingCalls();

  @BeforeAll
  static void compile() throws Exception {
    module = TestModules.compile("prototype");
  }

  private Guest started() throws Exception {
    Guest guest = module.start(TestModules.environment(), calls);
    guest.wake();
    return guest;
  }

  private void happens(int operation, Kind kind, String payload) {
    calls.waiting.add(new Completion(operation, kind, payload.getBytes(US_ASCII)));
  }

  /** What the guest was told so far: number, whether finished, the value in hexadecimal digits. */
  private static List<String> told(Guest guest) throws IOException {
    var bytes = new ByteArrayOutputStream();
    guest.writeMemory(bytes);
    ByteBuffer memory = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    List<String> told = new ArrayList<>();
    for (int at = TOLD; memory.getLong(at) != 0; at += 24) {
      int pointer = memory.getInt(at + 12);
      byte[] value = Arrays.copyOfRange(memory.array(), pointer, pointer + memory.getInt(at + 16));
      told.add(
          "%d %d %s"
              .formatted(
                  memory.getLong(at),
                  memory.getInt(at + 8),
                  pointer == 0 ? "none" : HexFormat.of().formatHex(value)));
    }
    return told;
  }

  @Test
  void theStyleIsRecognised() {
    assertEquals(IdleStyle.PROTOTYPE, module.idleStyle());
  }

  @Test
  void itsRequestsAreHttp() throws Exception {
    started();
    assertEquals(List.of(0, 1), calls.flags);
    assertEquals(
        "GET /api/v1/pods?x=1 HTTP/1.1\r\naccept: application/json\r\naccept: x\r\n\r\n",
        new String(calls.requests.get(0), US_ASCII));
    assertEquals(
        "PUT /apis/x HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
        new String(calls.requests.get(1), US_ASCII));
    assertEquals(List.of(1500L), calls.timers);
  }

  @Test
  void anAnswerIsItsHeadAndItsBody() throws Exception {
    Guest guest = started();
    happens(ANSWER, Kind.RESPONSE_HEAD, HEAD);
    happens(ANSWER, Kind.BODY_CHUNK, "ab");
    happens(ANSWER, Kind.END, "");
    guest.wake();
    assertEquals(List.of("1 0 " + META, "1 0 6162", "1 1 none"), told(guest));
  }

  @Test
  void whoeverWaitsForABodyGetsOne() throws Exception {
    Guest guest = started();
    happens(ANSWER, Kind.RESPONSE_HEAD, "HTTP/1.1 204 No Content\r\n\r\n");
    happens(ANSWER, Kind.END, "");
    guest.wake();
    assertEquals(List.of("1 0 cc000000000000000000", "1 0 ", "1 1 none"), told(guest));
  }

  @Test
  void aStreamGoesOnInANewInstance() throws Exception {
    Guest guest = started();
    happens(STREAM, Kind.RESPONSE_HEAD, "HTTP/1.1 200 OK\r\n\r\n");
    happens(STREAM, Kind.BODY_CHUNK, "a");
    guest.wake();
    Guest resumed = module.resume(TestModules.environment(), calls, guest.capture());
    happens(STREAM, Kind.BODY_CHUNK, "b");
    happens(STREAM, Kind.END, "");
    happens(DELAY, Kind.TIMER, "");
    resumed.wake();
    assertEquals(
        List.of("2 0 c8000000000000000000", "2 0 61", "2 0 62", "2 1 none", "77 1 none"),
        told(resumed));
    assertEquals(2, calls.requests.size(), "it does not start again");
  }

  @Test
  void aLostAnswerIsThatOfAProxy() throws Exception {
    Guest guest = started();
    happens(ANSWER, Kind.ERROR, "....lost");
    happens(STREAM, Kind.RESPONSE_HEAD, "HTTP/1.1 200 OK\r\n\r\n");
    happens(STREAM, Kind.BODY_CHUNK, "a");
    happens(STREAM, Kind.ERROR, "....lost");
    guest.wake();
    assertEquals(
        List.of(
            "1 0 " + BAD_GATEWAY,
            "1 0 ",
            "1 1 none",
            "2 0 c8000000000000000000",
            "2 0 61",
            "2 1 none"),
        told(guest));
  }

  @Test
  void itIsEndedAsItCannotBeTold() throws Exception {
    Guest guest = started();
    happens(0, Kind.STOP, "");
    assertEquals(0, assertThrows(GuestExitException.class, guest::wake).exitCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1|TIMER|a request is too long, or not inside of the memory",
        "2|TIMER|a request cannot be read: ",
        "3|TIMER|a delay was refused with errno 28",
        "3|BODY_CHUNK|allocate answers what is not inside of its memory",
      })
  void whatMakesNoSenseIsToldInPlainWords(int operation, Kind kind, String expected)
      throws Exception {
    Guest guest = TestModules.compile("hostile-prototype").start(TestModules.environment(), calls);
    calls.timer = Errno.INVAL.result();
    calls.waiting.add(new Completion(operation, kind, new byte[10]));
    String message = assertThrows(GuestTrapException.class, guest::wake).getMessage();
    assertTrue(message.startsWith(expected), message);
  }
}
