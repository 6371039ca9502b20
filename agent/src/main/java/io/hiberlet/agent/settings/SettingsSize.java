package io.hiberlet.agent.settings;

import java.util.Map;

/** What a program may begin with, all together: about what Linux lets a process have. */
final class SettingsSize {
  /** Characters of all arguments, names and values. */
  static final int MOST = 1 << 20;

  private SettingsSize() {}

  static void require(long characters) throws UnresolvedException {
    if (characters > MOST) {
      throw new UnresolvedException(
          "arguments and environment have more than %d characters".formatted(MOST), null);
    }
  }

  static long of(Map<String, String> env) {
    long characters = 0;
    for (Map.Entry<String, String> variable : env.entrySet()) {
      characters += variable.getKey().length() + variable.getValue().length();
    }
    return characters;
  }
}
