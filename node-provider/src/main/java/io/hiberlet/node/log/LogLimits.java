package io.hiberlet.node.log;

/**
 * How much room one run of a container may fill with its log.
 *
 * @param maxFileBytes a file that has grown to this size is rotated away
 * @param maxFiles how many files are kept, the one being written included
 * @param maxLineBytes a longer line is stored in parts, as container runtimes do
 * @param burstBytes may come at once
 * @param bytesPerSecond may come for any time; lines beyond are left out, and that is told
 */
public record LogLimits(
    long maxFileBytes, int maxFiles, int maxLineBytes, long burstBytes, long bytesPerSecond) {

  /**
   * A file of the kubelet's size at once, and some 20 GB a day, which a device's flash survives.
   */
  private static final long BURST_BYTES = 10L << 20;

  private static final long BYTES_PER_SECOND = 256 << 10;

  /** The kubelet's containerLogMaxSize and containerLogMaxFiles, and containerd's line length. */
  public static final LogLimits KUBELET_DEFAULTS = new LogLimits(10L << 20, 5, 16 << 10);

  /** With the usual bounds to what may come. */
  public LogLimits(long maxFileBytes, int maxFiles, int maxLineBytes) {
    this(maxFileBytes, maxFiles, maxLineBytes, BURST_BYTES, BYTES_PER_SECOND);
  }

  public LogLimits {
    if (maxFileBytes < 1
        || maxFiles < 1
        || maxLineBytes < 1
        || maxLineBytes > MAX_LINE_BYTES
        || burstBytes < 1
        || bytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "log limits must be positive, and lines at most " + MAX_LINE_BYTES + " bytes");
    }
  }

  /** So that a whole record fits into a reader's buffer. */
  static final int MAX_LINE_BYTES = 32 << 10;
}
