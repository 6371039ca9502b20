package io.hiberlet.node.log;

/**
 * How much room one run of a container may fill with its log.
 *
 * @param maxFileBytes a file that has grown to this size is rotated away
 * @param maxFiles how many files are kept, the one being written included
 * @param maxLineBytes a longer line is stored in parts, as container runtimes do
 */
public record LogLimits(long maxFileBytes, int maxFiles, int maxLineBytes) {

  /** The kubelet's containerLogMaxSize and containerLogMaxFiles, and containerd's line length. */
  public static final LogLimits KUBELET_DEFAULTS = new LogLimits(10L << 20, 5, 16 << 10);

  public LogLimits {
    if (maxFileBytes < 1 || maxFiles < 1 || maxLineBytes < 1 || maxLineBytes > MAX_LINE_BYTES) {
      throw new IllegalArgumentException(
          "log limits must be positive, and lines at most " + MAX_LINE_BYTES + " bytes");
    }
  }

  /** So that a whole record fits into a reader's buffer. */
  static final int MAX_LINE_BYTES = 32 << 10;
}
