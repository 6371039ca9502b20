package io.hiberlet.node.event;

import io.kubernetes.client.openapi.models.V1ObjectReference;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** A token bucket for each object, so that none can flood the API server. Not thread-safe. */
final class EventBudget {
  private static final int MOST_OBJECTS = 512;
  private static final int BURST = 25;
  private static final Duration REFILL = Duration.ofMinutes(5);

  private record Bucket(int tokens, Instant refilled) {}

  private final Map<V1ObjectReference, Bucket> buckets = new RecentlyUsed<>(MOST_OBJECTS);

  boolean allows(Occurrence occurrence) {
    return bucket(occurrence).tokens() > 0;
  }

  void spend(Occurrence occurrence) {
    Bucket bucket = bucket(occurrence);
    buckets.put(
        occurrence.about(), new Bucket(Math.max(0, bucket.tokens() - 1), bucket.refilled()));
  }

  private Bucket bucket(Occurrence occurrence) {
    Bucket old = buckets.get(occurrence.about());
    if (old == null) {
      return new Bucket(BURST, occurrence.at());
    }
    if (occurrence.at().isBefore(old.refilled())) { // the clock was set back
      return new Bucket(old.tokens(), occurrence.at());
    }
    long refills = Duration.between(old.refilled(), occurrence.at()).dividedBy(REFILL);
    return refills <= 0
        ? old
        : new Bucket(
            (int) Math.min(BURST, old.tokens() + refills),
            old.refilled().plus(REFILL.multipliedBy(refills)));
  }
}
