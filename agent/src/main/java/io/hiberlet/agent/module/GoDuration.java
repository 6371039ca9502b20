package io.hiberlet.agent.module;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * Time spans as Go writes them, cut off to milliseconds: {@code 12ms}, {@code 1.5s}, {@code 2m3s}.
 */
public final class GoDuration {
  private GoDuration() {}

  public static String text(Duration span) {
    long millis = span.toMillis();
    if (millis == 0) {
      return "0s";
    }
    if (millis < 1000) {
      return millis + "ms";
    }
    BigDecimal seconds =
        BigDecimal.valueOf(millis % 60_000)
            .divide(BigDecimal.valueOf(1000), 3, RoundingMode.UNNECESSARY)
            .stripTrailingZeros();
    String tail = seconds.toPlainString() + "s";
    long minutes = millis / 60_000;
    if (minutes == 0) {
      return tail;
    }
    return minutes < 60
        ? "%dm%s".formatted(minutes, tail)
        : "%dh%dm%s".formatted(minutes / 60, minutes % 60, tail);
  }
}
