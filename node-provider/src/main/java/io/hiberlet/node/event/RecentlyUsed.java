package io.hiberlet.node.event;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that forgets what was not used for the longest time. Not thread-safe. */
final class RecentlyUsed<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;
  private final int limit;

  RecentlyUsed(int limit) {
    super(16, 0.75f, true);
    this.limit = limit;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > limit;
  }
}
