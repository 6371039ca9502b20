package io.hiberlet.agent.pod;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a guest of a module will probably hold, by what others of it held when they came to rest:
 * more as soon as one did, less as most of them do. Used under its owner's lock.
 */
final class ExpectedSizes {
  private static final int MOST_MODULES = 1000;

  /** How many guests that hold less it takes until one that held more is all but forgotten. */
  private static final int MEMORY = 8;

  private final Map<String, Long> byModule =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST_MODULES;
        }
      };

  /** A guest came to rest. */
  void learn(String module, long heldBytes) {
    byModule.merge(
        module, heldBytes, (before, now) -> Math.max(now, before - (before - now) / MEMORY));
  }

  /** Nothing before the first guest of the module came to rest. */
  OptionalLong of(String module) {
    Long expected = byModule.get(module);
    return expected == null ? OptionalLong.empty() : OptionalLong.of(expected);
  }
}
