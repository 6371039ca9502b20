package io.hiberlet.agent.hostio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.http.Field;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestRequestParserTest {

  @Test
  void readsWhatItShould() throws RefusedException {
    GuestRequest request =
        parse("POST /api/v1/x?a=%2F&b HTTP/1.1\r\nA: 1\r\nb:\t2 3 \r\nContent-Length: 2\r\n\r\nhi");
    assertEquals("POST", request.method());
    assertEquals("/api/v1/x?a=%2F&b", request.target());
    assertEquals(List.of(new Field("A", "1"), new Field("b", "2 3")), request.endToEndFields());
    assertEquals("hi", new String(request.body(), StandardCharsets.US_ASCII));
  }

  @Test
  void dropsWhatIsTheHostsAndWhatIsTheConnections() throws RefusedException {
    GuestRequest request =
        parse(
            String.join(
                "\r\n",
                "GET / HTTP/1.1",
                "Host: evil",
                "authorization: Bearer x",
                "Connection: close, X-A",
                "x-a: 1",
                "TE: trailers",
                "Proxy-Authorization: y",
                "Keep-Alive: 5",
                "Expect: 100-continue",
                "x-b: 2",
                "",
                ""));
    assertEquals(List.of(new Field("x-b", "2")), request.endToEndFields());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\n\n",
        "GET / HTTP/1.1\r\nA: b\n\r\n",
        "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\n: b\r\n\r\n",
        "GET / HTTP/1.1\r\nA\r\n\r\n",
        "GET / HTTP/1.1\r\nA: \0\r\n\r\n",
        "GET / HTTP/1.1\r\nA: \u007f\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "GET / x HTTP/1.1\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\n\r\n",
        "G(T / HTTP/1.1\r\n\r\n",
        "GET * HTTP/1.1\r\n\r\n",
        "GET x HTTP/1.1\r\n\r\n",
        "GET //evil/ HTTP/1.1\r\n\r\n",
        "GET /a/../b HTTP/1.1\r\n\r\n",
        "GET /a/%2e%2E/b HTTP/1.1\r\n\r\n",
        "GET /a/. HTTP/1.1\r\n\r\n",
        "GET /a#b HTTP/1.1\r\n\r\n",
        "GET /a%2 HTTP/1.1\r\n\r\n",
        "GET /a\\b HTTP/1.1\r\n\r\n",
        "GET /\u00e4 HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n\r\nbody",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nbody",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nbody",
        "POST / HTTP/1.1\r\nContent-Length: +4\r\n\r\nbody",
        "POST / HTTP/1.1\r\nContent-Length: 04\r\n\r\nbody",
        "POST / HTTP/1.1\r\nContent-Length: 4, 4\r\n\r\nbody",
        "POST / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nbody",
      })
  void malformedMessagesAreInvalid(String message) {
    assertEquals(Errno.INVAL, refusal(message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET http://example.com/ HTTP/1.1\r\n\r\n",
        "GET https://example.com/ HTTP/1.1\r\n\r\n",
        "CONNECT example.com:443 HTTP/1.1\r\n\r\n",
        "TRACE / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
      })
  void whatNoPodMayDoIsRefused(String message) {
    assertEquals(Errno.ACCES, refusal(message));
  }

  @Test
  void limitsAreKept() {
    assertEquals(Errno.MSGSIZE, refusal("GET /" + "a".repeat(64 << 10) + " HTTP/1.1\r\n\r\n"));
    assertEquals(Errno.MSGSIZE, refusal("GET / HTTP/1.1\r\n" + "a: b\r\n".repeat(20_000) + "\r\n"));
    assertEquals(
        Errno.MSGSIZE,
        refusal("POST / HTTP/1.1\r\nContent-Length: 1048576\r\n\r\n" + "x".repeat(1 << 20)));
  }

  /** Whatever the bytes, the outcome is a request in one spelling or one of three errors. */
  @Test
  void randomDamageIsEitherRefusedOrHarmless() {
    byte[] good =
        String.join(
                "\r\n",
                "PUT /api/v1/namespaces/a/pods/b?x=y HTTP/1.1",
                "Host: h",
                "Accept: a/b",
                "Content-Length: 4",
                "",
                "body")
            .getBytes(StandardCharsets.US_ASCII);
    for (long seed = 0; seed < 20_000; seed++) {
      byte[] damaged = damage(good, new Random(seed));
      try {
        check(GuestRequest.parse(damaged, Limits.DEFAULT), seed);
      } catch (RefusedException e) {
        assertTrue(
            List.of(Errno.INVAL, Errno.ACCES, Errno.MSGSIZE).contains(e.errno()), "seed " + seed);
      }
    }
  }

  private static byte[] damage(byte[] good, Random random) {
    byte[] pool = "\r\n\0 :/.%#\\?\t\u00ff0aA,".getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes = Arrays.copyOf(good, good.length - random.nextInt(2));
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = pool[random.nextInt(pool.length)];
    }
    return bytes;
  }

  private static void check(GuestRequest request, long seed) {
    assertTrue(request.target().startsWith("/"), "seed " + seed);
    assertFalse(request.target().startsWith("//"), "seed " + seed);
    assertTrue(request.target().chars().allMatch(c -> c > 0x20 && c < 0x7f), "seed " + seed);
    assertTrue(request.body().length <= 5, "seed " + seed);
    for (Field field : request.fields()) {
      assertTrue((field.name() + field.value()).chars().noneMatch(c -> c == '\r' || c == '\n'));
      assertFalse(field.name().contains(" "), "seed " + seed);
    }
  }

  private static Errno refusal(String message) {
    return assertThrows(RefusedException.class, () -> parse(message)).errno();
  }

  private static GuestRequest parse(String message) throws RefusedException {
    return GuestRequest.parse(message.getBytes(StandardCharsets.ISO_8859_1), Limits.DEFAULT);
  }
}
