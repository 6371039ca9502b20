package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Locale;

/** Requests of the prototype's controllers, whatever a guest makes of them. */
final class PrototypeMessagesFuzzTest {

  @FuzzTest
  void anyRequest(byte[] bincode) {
    byte[] message;
    try {
      message = PrototypeMessages.request(bincode);
    } catch (IllegalArgumentException e) {
      assertFalse(e.getMessage().isBlank());
      return;
    }
    String text = new String(message, ISO_8859_1);
    String head = text.substring(0, text.indexOf("\r\n\r\n"));
    assertTrue(head.lines().findFirst().orElseThrow().matches("[A-Z]+ \\S* HTTP/1\\.1"), head);
    for (String field : head.lines().skip(1).toList()) {
      String name = field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);
      assertFalse(name.isEmpty() || name.equals("host") || name.equals("authorization"), field);
    }
  }
}
