package io.hiberlet.agent.runtime;

/** Ends guest code whose memory there is no {@linkplain RoomToGrow room} for. */
final class NoRoomException extends RuntimeException {
  private static final long serialVersionUID = 1L;
}
