package io.hiberlet.agent.runtime;

/**
 * A file or folder that a guest has open.
 *
 * @param number of the descriptor
 * @param path absolute, as the guest sees it
 * @param offset in bytes, of what is read or written next
 * @param reads whether the guest may read it
 * @param writes whether the guest may write to it
 * @param flags WASI's {@code fdflags}: {@link #APPEND} and its like
 */
public record OpenDescriptor(
    int number, String path, long offset, boolean reads, boolean writes, int flags) {
  static final int APPEND = 1;
  static final int DATA_SYNC = 1 << 1;
  static final int NON_BLOCKING = 1 << 2;
  static final int READ_SYNC = 1 << 3;
  static final int SYNC = 1 << 4;
  private static final int KNOWN_FLAGS = APPEND | DATA_SYNC | NON_BLOCKING | READ_SYNC | SYNC;

  /** One that is read only, as there were no others once. */
  public static OpenDescriptor readOnly(int number, String path, long offset) {
    return new OpenDescriptor(number, path, offset, true, false, 0);
  }

  /** Whether a guest can have such a one open. */
  boolean isPossible() {
    return number > OpenFiles.ROOT && offset >= 0 && hasOnly(flags);
  }

  /** Whether these are flags, and no others. */
  static boolean hasOnly(int flags) {
    return (flags & ~KNOWN_FLAGS) == 0;
  }
}
