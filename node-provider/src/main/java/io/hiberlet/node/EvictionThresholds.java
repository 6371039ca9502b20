package io.hiberlet.node;

/**
 * What must be left for a node not to be short of it: the kubelet's {@code evictionHard}.
 *
 * @param memory of the machine; the signal {@code memory.available}
 * @param disk of the disk of the data directory; {@code nodefs.available}
 * @param threads that the kernel can still start; {@code pid.available}
 */
public record EvictionThresholds(Threshold memory, Threshold disk, Threshold threads) {
  /** The kubelet's defaults; it has none for threads. */
  public static final EvictionThresholds DEFAULTS =
      new EvictionThresholds(
          Threshold.ofAmount(100L << 20), Threshold.ofPercent(10), Threshold.ofPercent(10));

  /**
   * An amount, or a part of all that there is; one of the two is 0.
   *
   * @param amount in bytes, or a number of threads
   * @param percent from 0, for never, to less than 100
   */
  public record Threshold(long amount, double percent) {
    public Threshold {
      if (amount < 0 || percent < 0 || percent >= 100) {
        throw new IllegalArgumentException("no threshold: " + amount + ", " + percent + "%");
      }
    }

    /** A fixed amount. */
    public static Threshold ofAmount(long amount) {
      return new Threshold(amount, 0);
    }

    /** A part of what there is. */
    public static Threshold ofPercent(double percent) {
      return new Threshold(0, percent);
    }

    /** The amount, where there is so much of it. */
    public long of(long capacity) {
      return amount + (long) (capacity * (percent / 100));
    }
  }
}
