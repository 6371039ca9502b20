package io.hiberlet.agent.hostio;

/** What comes of a command: bytes, and then one of the two ends. */
public sealed interface ExecOutput {
  /** What a piece costs besides its bytes: a flood of tiny ones is a flood. */
  int OVERHEAD_BYTES = 64;

  /**
   * Some of its output.
   *
   * @param bytes owned by the receiver
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record Bytes(boolean toStderr, byte[] bytes) implements ExecOutput {
    int costBytes() {
      return OVERHEAD_BYTES + bytes.length;
    }
  }

  /** The guest has ended it, 0 for success. */
  record Exited(int code) implements ExecOutput {}

  /** It ended without an exit code. */
  record Broken(String why) implements ExecOutput {}
}
