package io.hiberlet.agent.hostio;

/**
 * Something a guest asked for and now has. One guest event of {@code docs/host-abi.md}.
 *
 * @param operation the id that the guest got when it asked; 0 when it did not ask
 * @param payload owned by the receiver
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
public record Completion(long operation, Kind kind, byte[] payload) {

  /** The kinds, numbered as the ABI numbers them. */
  public enum Kind {
    RESPONSE_HEAD(1),
    BODY_CHUNK(2),
    END(3),
    ERROR(4),
    WATCH_EVENT(5),
    WATCH_SYNCED(6),
    TIMER(7),
    EXEC(8),
    STOP(9),
    RESIZE(10),
    READY(11);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** The number that the guest sees. */
    public int code() {
      return code;
    }
  }
}
