package io.hiberlet.e2e;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * What goes wrong between a node and its API server, drawn from a seed, until a number of faults
 * has struck. Thread-safe.
 */
final class Faults {
  /** A request of the node or of one of its guests. */
  record Call(String method, String path, boolean watch) {
    /** Whatever it is. */
    boolean isAny() {
      return true;
    }

    boolean isWrite() {
      return !method.equals("GET");
    }

    boolean isOfPods() {
      return isWrite() && path.contains("/pods/");
    }

    boolean isOfStatus() {
      return path.endsWith("/status");
    }

    boolean isOfEvents() {
      return path.contains("/events");
    }

    boolean isOfConfigMap() {
      return path.contains("/configmaps/");
    }
  }

  /** What happens to a request. */
  sealed interface Fault {}

  /** Nothing. */
  record None() implements Fault {}

  /** The server does not hear of it. */
  record Reset() implements Fault {}

  /** The server has done it, and the node does not hear of that. */
  record LostAnswer() implements Fault {}

  /** The server hears of it late. */
  record Slow(Duration by) implements Fault {}

  /** Something else than the server answers. */
  record Answer(int status, Map<String, String> headers, String body) implements Fault {
    static Answer status(int status, String reason) {
      return new Answer(
          status,
          Map.of(),
          """
          {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "%s", "code": %d,
           "message": "injected"}
          """
              .formatted(reason, status));
    }

    Answer with(String header, String value) {
      return new Answer(status, Map.of(header, value), body);
    }
  }

  private static final Fault NOTHING = new None();

  private final Predicate<Call> which;
  private final Fault fault;
  private final double probability;
  private final RandomGenerator random;
  private final CountDownLatch lifted = new CountDownLatch(1);
  private final boolean cutting;

  // Guarded by this.
  private int left;
  private int struck;

  private Faults(
      Predicate<Call> which,
      Fault fault,
      double probability,
      int most,
      long seed,
      boolean cutting) {
    this.which = which;
    this.fault = fault;
    this.probability = probability;
    this.left = most;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.cutting = cutting;
  }

  static Faults none() {
    return new Faults(call -> false, NOTHING, 0, 0, 0, false);
  }

  /** The first so many requests of a kind. */
  static Faults first(int most, Predicate<Call> which, Fault fault) {
    return new Faults(which, fault, 1, most, 0, false);
  }

  /** The first request of a kind, and every third one or so after it, until so many were hit. */
  static Faults random(int most, Predicate<Call> which, Fault fault, long seed) {
    return new Faults(which, fault, 1.0 / 3, most, seed, false);
  }

  /** Watches are cut in the middle of the first event, and of every second one or so after it. */
  static Faults cutting(int most, long seed) {
    return new Faults(call -> false, NOTHING, 1.0 / 2, most, seed, true);
  }

  /** What is to happen to a request. */
  Fault next(Call call) {
    return which.test(call) && strikes() ? fault : NOTHING;
  }

  /** Whether a watch ends in the middle of what it is about to tell. */
  boolean cutsStream() {
    return cutting && strikes();
  }

  private synchronized boolean strikes() {
    boolean drawn = random.nextDouble() < probability;
    if (left == 0 || (struck > 0 && !drawn)) {
      return false;
    }
    left--;
    struck++;
    return true;
  }

  synchronized int struck() {
    return struck;
  }

  /** Ends what is slow; others do not begin any more. */
  synchronized void lift() {
    left = 0;
    lifted.countDown();
  }

  void waitAtMost(Duration time) {
    try {
      lifted.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
