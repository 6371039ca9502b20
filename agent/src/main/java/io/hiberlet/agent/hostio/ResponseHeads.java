package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Field;
import io.hiberlet.agent.hostio.http.ResponseHead;
import java.nio.charset.StandardCharsets;

/** Writes the head of an answer as the guest reads it: the HTTP/1.1 of RFC 9112. */
final class ResponseHeads {
  private ResponseHeads() {}

  static byte[] encode(ResponseHead head) {
    StringBuilder text = new StringBuilder();
    text.append("HTTP/1.1 ").append(head.status()).append(' ').append(head.reason()).append("\r\n");
    for (Field field : head.fields()) {
      text.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
