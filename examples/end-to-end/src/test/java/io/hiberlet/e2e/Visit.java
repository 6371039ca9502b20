package io.hiberlet.e2e;

import java.io.ByteArrayOutputStream;
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
 * @param says all that it would have said
 * @param said how much of it
 * @param heard how many bytes of the answer it waits for, if they come
 * @param abruptly whether it is gone as a machine is that loses its power
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
record Visit(byte[] says, int said, int heard, boolean abruptly) {
  private static final int SHORT_MILLIS = 50;
  private static final String CORPORA =
      "node-provider/src/test/resources/io/hiberlet/node/api/exec/";
  private static final String EXEC = "/exec/default/visited/echo?command=abc&input=1&output=1&";
  private static final String ATTACH = "/attach/default/visited/echo?output=1&";
  private static final String LOGS = "/containerLogs/default/visited/echo";

  static Visit draw(RandomGenerator random) {
    byte[] says =
        switch (random.nextInt(6)) {
          case 0 -> request(LOGS, "");
          case 1 -> request(LOGS + "?follow=true&timestamps=true", "");
          case 2 -> webSocket(EXEC, "v5.channel.k8s.io");
          case 3 -> webSocket(ATTACH, "v4.channel.k8s.io");
          case 4 -> spdy(EXEC);
          default -> spdy(ATTACH);
        };
    // Every second one says all.
    int said = random.nextBoolean() ? says.length : random.nextInt(says.length);
    int heard = random.nextInt(4) == 0 ? 0 : random.nextInt(1, 400);
    return new Visit(says, said, heard, random.nextInt(4) == 0);
  }

  private static byte[] request(String target, String fields) {
    return "GET %s HTTP/1.1\r\nHost: node\r\n%s\r\n"
        .formatted(target, fields)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] webSocket(String target, String protocol) {
    String fields =
        """
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Protocol: %s\r
        """
            .formatted(protocol);
    return joined(request(target, fields), corpus("WebSocketFuzzTest"));
  }

  private static byte[] spdy(String target) {
    String fields =
        """
        Connection: Upgrade\r
        Upgrade: SPDY/3.1\r
        X-Stream-Protocol-Version: v4.channel.k8s.io\r
        """;
    return joined(request(target, fields), corpus("SpdyFuzzTest"));
  }

  /** A whole session of that protocol. */
  private static byte[] corpus(String test) {
    try {
      return Files.readAllBytes(Repository.file(CORPORA + test + "Inputs/anyBytes/session"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(second);
    return all.toByteArray();
  }

  /** What happens to a client is its own affair. */
  void pay(KubeletClient client, int port) {
    try (SSLSocket socket = client.connect(port)) {
      if (abruptly) {
        socket.setSoLinger(true, 0);
      }
      socket.getOutputStream().write(says, 0, said);
      socket.setSoTimeout(SHORT_MILLIS);
      hear(socket.getInputStream());
    } catch (IOException e) {
      // The server had enough of it, or was not as quick as it would have liked.
    }
  }

  private void hear(InputStream answer) throws IOException {
    for (int i = 0; i < heard; i++) {
      if (answer.read() < 0) {
        return;
      }
    }
  }
}
