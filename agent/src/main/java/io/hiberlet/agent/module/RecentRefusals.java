package io.hiberlet.agent.module;

import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Modules that were refused lately. A container whose module was refused is tried again and again;
 * one that takes the compiler all of its time must not take it all of the node's. Thread-safe.
 */
final class RecentRefusals {
  private static final Duration KEPT = Duration.ofMinutes(30);
  private static final int MAX_KEPT = 100;

  private final LongSupplier nanoTime;
  private final Map<ModuleDigest, Refusal> refusals = new LinkedHashMap<>();

  private record Refusal(String message, long atNanos) {}

  RecentRefusals(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * @throws ModuleRefusedException when this one was
   */
  synchronized void check(ModuleDigest digest) throws ModuleRefusedException {
    @Nullable Refusal refusal = refusals.get(digest);
    if (refusal == null) {
      return;
    }
    if (nanoTime.getAsLong() - refusal.atNanos() < KEPT.toNanos()) {
      throw new ModuleRefusedException(refusal.message());
    }
    refusals.remove(digest);
  }

  synchronized void add(ModuleDigest digest, ModuleRefusedException refusal) {
    refusals.remove(digest);
    if (refusals.size() >= MAX_KEPT) {
      refusals.remove(refusals.keySet().iterator().next());
    }
    refusals.put(digest, new Refusal(String.valueOf(refusal.getMessage()), nanoTime.getAsLong()));
  }
}
