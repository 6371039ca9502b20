package io.hiberlet.agent.hostio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hiberlet.agent.hostio.http.Field;
import java.util.Set;

/** Requests of guests, whatever a guest makes of them. */
final class GuestRequestFuzzTest {
  private static final Set<Errno> REFUSALS = Set.of(Errno.INVAL, Errno.MSGSIZE, Errno.ACCES);

  @FuzzTest
  void anyBytes(byte[] message) {
    try {
      GuestRequest request = GuestRequest.parse(message, Limits.DEFAULT);
      assertTrue(request.body().length <= message.length);
      assertTrue(request.target().startsWith("/"), request.target());
      assertOfOneLine(request.method() + request.target());
      for (Field field : request.upstream(false).fields()) {
        assertOfOneLine(field.name() + field.value());
        assertFalse(field.is("authorization") || field.is("host") || field.is("connection"));
      }
    } catch (RefusedException e) {
      assertTrue(REFUSALS.contains(e.errno()), () -> e.errno() + ": " + e.getMessage());
    }
  }

  /** Or the guest would have made a second request, or a header, out of what is one. */
  private static void assertOfOneLine(String text) {
    assertEquals(-1, text.indexOf('\r') + text.indexOf('\n') + text.indexOf('\0') + 2);
  }
}
