package io.hiberlet.agent.settings;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the values of variables in the place of {@code $(NAME)}, exactly as the kubelet does
 * (Kubernetes' {@code third_party/forked/golang/expansion}): {@code $$} is a dollar sign, so that
 * {@code $$(NAME)} stays {@code $(NAME)}; a reference to a variable that does not exist, one that
 * is not closed, and every other dollar sign stay as they are; values are not expanded again.
 */
final class Expansion {
  private static final char OPERATOR = '$';
  private static final char OPENER = '(';
  private static final char CLOSER = ')';

  /** The values of variables. */
  @FunctionalInterface
  interface Variables {
    @Nullable String value(String name);
  }

  private Expansion() {}

  /**
   * The text with its references replaced.
   *
   * @throws UnresolvedException when it becomes longer than a program's settings may be
   */
  static String expand(String text, Map<String, String> variables) throws UnresolvedException {
    return expand(text, variables::get);
  }

  /**
   * The same with other variables.
   *
   * @param variables answers null for one that does not exist
   */
  static String expand(String text, Variables variables) throws UnresolvedException {
    if (text.indexOf(OPERATOR) < 0) {
      return text;
    }
    StringBuilder expanded = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean last = at + 1 == text.length();
      if (c != OPERATOR || last) {
        expanded.append(c);
        at++;
      } else {
        at = afterOperator(text, at + 1, variables, expanded);
      }
      SettingsSize.require(expanded.length());
    }
    return expanded.toString();
  }

  /** Takes what follows a dollar sign; says where the text goes on. */
  private static int afterOperator(
      String text, int at, Variables variables, StringBuilder expanded) {
    char c = text.charAt(at);
    if (c == OPERATOR) {
      expanded.append(OPERATOR);
      return at + 1;
    }
    int end = c == OPENER ? text.indexOf(CLOSER, at) : -1;
    if (end < 0) {
      expanded.append(OPERATOR).append(c);
      return at + 1;
    }
    String name = text.substring(at + 1, end);
    String value = variables.value(name);
    expanded.append(value == null ? text.substring(at - 1, end + 1) : value);
    return end + 1;
  }
}
