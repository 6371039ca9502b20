package io.hiberlet.node.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kubernetes.client.openapi.ApiException;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiErrorsTest {

  @ParameterizedTest
  @CsvSource({"Retry-After, 3, 3", "retry-after, 0, 0", "Retry-After, 86400, 60", "Age, 3, 0"})
  void waitsAsLongAsTheServerAsksButNotForEver(String header, String value, long seconds) {
    var refused = new ApiException(429, Map.of(header, List.of(value)), "{}");
    assertEquals(Duration.ofSeconds(seconds), ApiErrors.retryAfter(refused));
  }

  @ParameterizedTest
  @CsvSource({"-1", "soon", "99999999999999999999", "'Sat, 21 Nov 2026 10:00:00 GMT'"})
  void whatIsNoNumberOfSecondsIsNotWaitedFor(String value) {
    var refused = new ApiException(503, Map.of("Retry-After", List.of(value)), "{}");
    assertEquals(Duration.ZERO, ApiErrors.retryAfter(refused));
  }

  @Test
  void aConnectionThatEndsIsToldInWordsForAPerson() {
    var end = new IOException("unexpected end of stream", new EOFException("\\n not found"));
    assertEquals(
        "cannot reach the API server: unexpected end of stream (IOException)",
        ApiErrors.describe(new ApiException(end)));
  }

  @Test
  void otherFailuresAskForNothing() {
    assertEquals(Duration.ZERO, ApiErrors.retryAfter(new IOException("reset")));
    assertEquals(Duration.ZERO, ApiErrors.retryAfter(new ApiException(500, "broken")));
  }
}
