package io.hiberlet.agent.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads amounts as Kubernetes writes them (resource.Quantity and Go's time.Duration), as far as
 * people use them in files. What makes no sense is an {@link IllegalArgumentException} that shows
 * an example.
 */
public final class Quantities {

  private static final Pattern AMOUNT = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)([A-Za-z]*)");
  private static final Pattern DURATION = Pattern.compile("(?:\\d{1,9}(?:ms|[smh]))+");
  private static final Pattern DURATION_PART = Pattern.compile("(\\d+)(ms|[smh])");

  private static final Map<String, BigDecimal> BYTE_UNITS =
      Map.of(
          "", BigDecimal.ONE,
          "k", BigDecimal.TEN.pow(3),
          "M", BigDecimal.TEN.pow(6),
          "G", BigDecimal.TEN.pow(9),
          "T", BigDecimal.TEN.pow(12),
          "Ki", BigDecimal.valueOf(1L << 10),
          "Mi", BigDecimal.valueOf(1L << 20),
          "Gi", BigDecimal.valueOf(1L << 30),
          "Ti", BigDecimal.valueOf(1L << 40));

  private static final Map<String, BigDecimal> CPU_UNITS =
      Map.of("", BigDecimal.valueOf(1000), "m", BigDecimal.ONE);

  private Quantities() {}

  /** Bytes: {@code 64Mi}, {@code 1.5Gi}, {@code 500M}, {@code 4096}. */
  public static long bytes(String text) {
    return amount(text, BYTE_UNITS, "a size such as 64Mi or 1Gi");
  }

  /** Thousandths of a CPU: {@code 2}, {@code 0.5}, {@code 500m}. */
  public static long cpuMillis(String text) {
    return amount(text, CPU_UNITS, "a number of CPUs such as 2 or 500m");
  }

  /** A time span: {@code 10s}, {@code 5m}, {@code 1h30m}, {@code 250ms}. */
  public static Duration duration(String text) {
    if (!DURATION.matcher(text).matches()) {
      throw malformed(text, "a time span such as 10s or 5m");
    }
    Duration sum = Duration.ZERO;
    Matcher parts = DURATION_PART.matcher(text);
    while (parts.find()) {
      sum = sum.plus(duration(Long.parseLong(parts.group(1)), parts.group(2)));
    }
    return sum;
  }

  private static Duration duration(long amount, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  private static long amount(String text, Map<String, BigDecimal> units, String example) {
    Matcher matcher = AMOUNT.matcher(text);
    if (!matcher.matches()) {
      throw malformed(text, example);
    }
    BigDecimal unit = units.get(matcher.group(2));
    if (unit == null) {
      throw malformed(text, example);
    }
    try {
      return new BigDecimal(matcher.group(1)).multiply(unit).longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "'%s' is too large, or not a whole number of the smallest unit".formatted(text), e);
    }
  }

  private static IllegalArgumentException malformed(String text, String example) {
    return new IllegalArgumentException("'%s' is not %s".formatted(text, example));
  }

  /** The amount as {@link #bytes} reads it, in the largest unit that needs no fraction. */
  public static String bytesText(long bytes) {
    String[] units = {"", "Ki", "Mi", "Gi", "Ti"};
    int unit = 0;
    long amount = bytes;
    while (amount != 0 && amount % 1024 == 0 && unit < units.length - 1) {
      amount /= 1024;
      unit++;
    }
    return amount + units[unit];
  }

  /** The span as {@link #duration} reads it. */
  public static String durationText(Duration span) {
    if (span.toMillisPart() != 0) {
      return span.toMillis() + "ms";
    }
    long seconds = span.toSeconds();
    if (seconds % 3600 == 0 && seconds != 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 && seconds != 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
