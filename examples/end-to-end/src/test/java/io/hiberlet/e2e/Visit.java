package io.hiberlet.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLSocket;

/**
 * One client of a kubelet API, which says the first so many bytes of something that makes sense,
 * hears so many of the answer, and is gone.
 *
 * @param said how many bytes of its question it says
 * @param heard how many bytes, after an answer's head, it waits for if they come soon; who waits
 *     for none does not wait for the head either
 * @param abruptly whether it is gone as a machine is that loses its power
 */
record Visit(Question question, int said, int heard, boolean abruptly) {
  private static final int SHORT_MILLIS = 50;
  private static final String CORPORA =
      "node-provider/src/test/resources/io/hiberlet/node/api/exec/";
  private static final String EXEC = "/exec/default/visited/echo?command=abc&input=1&output=1&";
  private static final String ATTACH = "/attach/default/visited/echo?output=1&";
  private static final String LOGS = "/containerLogs/default/visited/echo";
  private static final String FOLLOWED_LOGS = LOGS + "?follow=true&timestamps=true";
  private static final byte[] NO_SESSION = {};

  /**
   * What a client may ask.
   *
   * @param head a request
   * @param answered whether it is sure to be; a log that is followed may be silent
   * @param session what follows once the answer's head says that the protocol was switched
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  private record Question(byte[] head, boolean answered, byte[] session) {
    static Question draw(RandomGenerator random) {
      return switch (random.nextInt(6)) {
        case 0 -> new Question(request(LOGS, ""), true, NO_SESSION);
        case 1 -> new Question(request(FOLLOWED_LOGS, ""), false, NO_SESSION);
        case 2 -> webSocket(EXEC, "v5.channel.k8s.io");
        case 3 -> webSocket(ATTACH, "v4.channel.k8s.io");
        case 4 -> spdy(EXEC);
        default -> spdy(ATTACH);
      };
    }

    private static Question webSocket(String target, String protocol) {
      String fields =
          """
          Connection: Upgrade\r
          Upgrade: websocket\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
          Sec-WebSocket-Protocol: %s\r
          """
              .formatted(protocol);
      return new Question(request(target, fields), true, corpus("WebSocketFuzzTest"));
    }

    private static Question spdy(String target) {
      String fields =
          """
          Connection: Upgrade\r
          Upgrade: SPDY/3.1\r
          X-Stream-Protocol-Version: v4.channel.k8s.io\r
          """;
      return new Question(request(target, fields), true, corpus("SpdyFuzzTest"));
    }

    private static byte[] request(String target, String fields) {
      return "GET %s HTTP/1.1\r\nHost: node\r\n%s\r\n"
          .formatted(target, fields)
          .getBytes(StandardCharsets.UTF_8);
    }

    /** A whole session of that protocol. */
    private static byte[] corpus(String test) {
      try {
        return Files.readAllBytes(Repository.file(CORPORA + test + "Inputs/anyBytes/session"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    int length() {
      return head.length + session.length;
    }
  }

  static Visit draw(RandomGenerator random) {
    Question question = Question.draw(random);
    // Every second one says all.
    int said = random.nextBoolean() ? question.length() : random.nextInt(question.length());
    int heard = random.nextInt(4) == 0 ? 0 : random.nextInt(1, 400);
    return new Visit(question, said, heard, random.nextInt(4) == 0);
  }

  /** What happens to a client is its own affair. */
  void pay(KubeletClient client, int port) {
    try (SSLSocket socket = client.connect(port)) {
      if (abruptly) {
        socket.setSoLinger(true, 0);
      }
      say(socket);
      socket.setSoTimeout(SHORT_MILLIS);
      socket.getInputStream().readNBytes(heard);
    } catch (IOException e) {
      // The server had enough of it, or was not as quick as it would have liked.
    }
  }

  private void say(SSLSocket socket) throws IOException {
    int ofHead = Math.min(said, question.head.length);
    socket.getOutputStream().write(question.head, 0, ofHead);
    if (ofHead == question.head.length && question.answered && heard > 0) {
      // However long that takes: who speaks the other protocol too early is shown the door.
      awaitHead(socket.getInputStream());
      socket.getOutputStream().write(question.session, 0, said - ofHead);
    }
  }

  private static void awaitHead(InputStream answer) throws IOException {
    String last = "";
    while (!last.equals("\r\n\r\n")) {
      int next = answer.read();
      if (next < 0) {
        throw new IOException("no answer");
      }
      last = (last + (char) next).substring(Math.max(0, last.length() - 3));
    }
  }
}
