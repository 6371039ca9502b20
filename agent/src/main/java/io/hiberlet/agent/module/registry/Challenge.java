package io.hiberlet.agent.module.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a registry wants to know before it answers: a {@code WWW-Authenticate} header (RFC 9110).
 *
 * @param scheme in lower case
 * @param parameters their names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
  static final String BASIC = "basic";
  static final String BEARER = "bearer";

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final int MAX_CHARS = 8192;

  /** A scheme at the beginning or after a comma, or a parameter. */
  private static final Pattern PART =
      Pattern.compile(
          "\\G[\\s,]*(?:(?<name>%1$s)\\s*=\\s*(?:\"(?<quoted>(?:[^\"\\\\]|\\\\.)*+)\"|(?<plain>%1$s))|(?<scheme>%1$s)(?=\\s|,|$))"
              .formatted(TOKEN));

  /** The one that is best answered: a token's, else a password's. */
  static Optional<Challenge> best(List<String> headers) {
    @Nullable Challenge best = null;
    for (String header : headers) {
      for (Challenge each : all(header)) {
        if (each.scheme.equals(BEARER) || (each.scheme.equals(BASIC) && best == null)) {
          best = each;
        }
      }
    }
    return Optional.ofNullable(best);
  }

  /** All challenges of one header; what cannot be understood ends it. */
  private static List<Challenge> all(String header) {
    if (header.length() > MAX_CHARS) {
      return List.of();
    }
    List<Challenge> challenges = new ArrayList<>();
    Matcher part = PART.matcher(header);
    while (part.find()) {
      @Nullable String scheme = part.group("scheme");
      if (scheme != null) {
        challenges.add(new Challenge(scheme.toLowerCase(Locale.ROOT), new HashMap<>()));
      } else if (!challenges.isEmpty()) {
        String name = part.group("name").toLowerCase(Locale.ROOT);
        challenges.getLast().parameters.put(name, value(part));
      }
    }
    return challenges;
  }

  private static String value(Matcher part) {
    @Nullable String quoted = part.group("quoted");
    return quoted == null ? part.group("plain") : quoted.replaceAll("\\\\(.)", "$1");
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }
}
