package io.hiberlet.agent.hostio;

import java.util.Locale;
import java.util.regex.Pattern;

/** What a guest may ask for: a path on the API server, in one spelling (RFC 9112, 3.2.1). */
final class RequestTarget {
  private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");

  /** What may stand in a path or a query (RFC 3986, 3.3 and 3.4), besides letters and digits. */
  private static final String PUNCTUATION = "-._~!$&'()*+,;=:@/?";

  private RequestTarget() {}

  /**
   * @throws RefusedException ACCES when it is a URL, INVAL when it is no plain path
   */
  static void check(String target) throws RefusedException {
    if (ABSOLUTE.matcher(target).matches()) {
      throw new RefusedException(
          Errno.ACCES, "a pod may reach the API server only: the target must be a path");
    }
    if (!target.startsWith("/") || target.startsWith("//") || !isSpelledWell(target)) {
      throw new RefusedException(Errno.INVAL, "the target is not a path with a query");
    }
    for (String segment : path(target).split("/", -1)) {
      String plain = segment.toLowerCase(Locale.ROOT).replace("%2e", ".");
      if (plain.equals(".") || plain.equals("..")) {
        throw new RefusedException(Errno.INVAL, "the path contains the segment " + segment);
      }
    }
  }

  private static boolean isSpelledWell(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '%') {
        if (i + 2 >= target.length()
            || !isHex(target.charAt(i + 1))
            || !isHex(target.charAt(i + 2))) {
          return false;
        }
      } else if (!isAlphanumeric(c) && PUNCTUATION.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static boolean isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }
}
