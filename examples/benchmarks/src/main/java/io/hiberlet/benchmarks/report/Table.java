package io.hiberlet.benchmarks.report;

import java.util.Locale;

/** A table in Markdown. Used by one thread. */
final class Table {
  private final StringBuilder text = new StringBuilder();

  /** Numbers to the right, but for the first column. */
  Table(String... titles) {
    row(titles);
    text.append("|---").append("|--:".repeat(titles.length - 1)).append("|\n");
  }

  Table row(String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    return this;
  }

  /** Three significant digits, which is more than any of them deserves. */
  static String number(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  /** In the unit that reads best. */
  static String bytes(double value) {
    if (Math.abs(value) >= 1 << 20) {
      return number(value / (1 << 20)) + " MiB";
    }
    return Math.abs(value) >= 10 << 10
        ? number(value / (1 << 10)) + " KiB"
        : String.format(Locale.ROOT, "%,.0f B", value);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
