package io.hiberlet.devcluster.api;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as Kubernetes writes them: RFC 3339, in seconds. */
public final class Timestamps {
  private Timestamps() {}

  public static String now() {
    return at(Instant.now());
  }

  public static String at(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
