package io.hiberlet.agent.config;

import io.hiberlet.node.EvictionThresholds;
import io.hiberlet.node.EvictionThresholds.Threshold;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what must be left of the machine: the signals of the kubelet's {@code evictionHard}, each
 * an amount or a percentage. A signal that is left out keeps its default, as with a kubelet's
 * {@code mergeDefaultEvictionSettings: true}.
 */
final class EvictionSection {
  private static final Pattern PERCENTAGE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)%");

  private EvictionSection() {}

  static EvictionThresholds read(YamlSection section) throws ConfigException {
    EvictionThresholds otherwise = EvictionThresholds.DEFAULTS;
    EvictionThresholds thresholds =
        new EvictionThresholds(
            section.parsed("memory.available", EvictionSection::size).orElse(otherwise.memory()),
            section.parsed("nodefs.available", EvictionSection::size).orElse(otherwise.disk()),
            section.parsed("pid.available", EvictionSection::number).orElse(otherwise.threads()));
    section.refuseOthers();
    return thresholds;
  }

  private static Threshold size(String text) {
    return threshold(text, Quantities::bytes, "100Mi or 10%");
  }

  private static Threshold number(String text) {
    return threshold(text, Long::parseLong, "1000 or 10%");
  }

  private static Threshold threshold(String text, ToLongFunction<String> amount, String example) {
    Matcher percentage = PERCENTAGE.matcher(text);
    try {
      return percentage.matches()
          ? Threshold.ofPercent(Double.parseDouble(percentage.group(1)))
          : Threshold.ofAmount(amount.applyAsLong(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'%s' is not what must be left, such as %s".formatted(text, example), e);
    }
  }
}
