package io.hiberlet.agent.admission;

/** Texts as Go's {@code strconv.Quote} writes them, which the kubelet uses in its files. */
final class GoText {
  private static final String NAMED = "\u0007\b\t\n\u000b\f\r\"\\";
  private static final String NAMES = "abtnvfr\"\\";

  private GoText() {}

  /** In quotes, with escapes for what cannot be printed. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(c -> append(quoted, c));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, int c) {
    int named = NAMED.indexOf(c);
    if (named >= 0) {
      quoted.append('\\').append(NAMES.charAt(named));
    } else if (c < ' ' || c == 0x7f) {
      quoted.append("\\x%02x".formatted(c));
    } else if (isPrintable(c)) {
      quoted.appendCodePoint(c);
    } else {
      quoted.append((c > 0xffff ? "\\U%08x" : "\\u%04x").formatted(c));
    }
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }
}
