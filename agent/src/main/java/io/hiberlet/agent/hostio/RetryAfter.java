package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.ResponseHead;
import java.time.Duration;

/** When a server that is busy wants to be asked again (RFC 9110, 10.2.3). */
final class RetryAfter {
  /** What is asked for beyond that is a mistake, or an attack on those who watch. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private RetryAfter() {}

  /** How long to wait at least; a date, which API servers do not send, is as good as nothing. */
  static Duration of(ResponseHead head) {
    Duration asked =
        head.first("Retry-After")
            .filter(value -> value.matches("\\d{1,9}"))
            .map(value -> Duration.ofSeconds(Integer.parseInt(value)))
            .orElse(Duration.ZERO);
    return asked.compareTo(LONGEST) < 0 ? asked : LONGEST;
  }
}
