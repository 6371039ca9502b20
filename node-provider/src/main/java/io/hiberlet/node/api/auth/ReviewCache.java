package io.hiberlet.node.api.auth;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongSupplier;

/**
 * Answers of the API server that hold for a while. Bounded: the entry unused for longest goes
 * first. Thread-safe.
 */
final class ReviewCache<K, V> {

  private record Entry<V>(V value, long expiresNanos) {}

  private final SequencedMap<K, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final int maxEntries;
  private final LongSupplier nanoTime;

  /**
   * @param nanoTime as {@link System#nanoTime()}
   */
  ReviewCache(int maxEntries, LongSupplier nanoTime) {
    this.maxEntries = maxEntries;
    this.nanoTime = nanoTime;
  }

  synchronized Optional<V> get(K key) {
    Entry<V> entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (nanoTime.getAsLong() - entry.expiresNanos >= 0) {
      entries.remove(key);
      return Optional.empty();
    }
    return Optional.of(entry.value);
  }

  synchronized void put(K key, V value, Duration lifetime) {
    entries.put(key, new Entry<>(value, nanoTime.getAsLong() + lifetime.toNanos()));
    if (entries.size() > maxEntries) {
      entries.pollFirstEntry();
    }
  }
}
