package io.hiberlet.agent.module;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When modules were used last, as far as this process knows: one that it found here counts as used
 * then. Thread-safe.
 */
final class ModuleUses {
  private final Clock clock;
  private final Map<ModuleDigest, Instant> lastUses = new HashMap<>();
  private final Map<ModuleDigest, Integer> holds = new HashMap<>();

  ModuleUses(Clock clock) {
    this.clock = clock;
  }

  /** A use that goes on until it is closed. */
  interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /** Somebody removes something; not while it is used. */
  @FunctionalInterface
  interface Removal {
    void run() throws IOException;
  }

  synchronized void touch(ModuleDigest module) {
    lastUses.put(module, clock.instant());
  }

  /** Uses a module until the hold is closed. */
  synchronized Hold hold(ModuleDigest module) {
    touch(module);
    holds.merge(module, 1, Integer::sum);
    return () -> release(module);
  }

  private synchronized void release(ModuleDigest module) {
    touch(module);
    holds.computeIfPresent(module, (each, count) -> count == 1 ? null : count - 1);
  }

  /** Takes note of what is here, and forgets the rest. */
  synchronized void found(Set<ModuleDigest> modules) {
    modules.forEach(module -> lastUses.putIfAbsent(module, clock.instant()));
    lastUses.keySet().retainAll(modules);
  }

  synchronized Instant lastUse(ModuleDigest module) {
    return lastUses.getOrDefault(module, Instant.MAX);
  }

  /** Removes a module unless it was used since; nobody begins to use it meanwhile. */
  synchronized boolean removeUnlessUsed(ModuleDigest module, Instant since, Removal removal)
      throws IOException {
    @Nullable Instant last = lastUses.get(module);
    if (holds.containsKey(module) || last == null || last.isAfter(since)) {
      return false;
    }
    removal.run();
    lastUses.remove(module);
    return true;
  }
}
