package io.hiberlet.agent.runtime;

/**
 * A guest was to hold more than there was {@linkplain RoomToGrow room} for. It is of no more use;
 * what it was to do can be done another time, by another instance of the state that it had.
 */
public final class GuestCrowdedOutException extends GuestTrapException {
  private static final long serialVersionUID = 1L;

  public GuestCrowdedOutException(Throwable cause) {
    super("there is no room for what it was to hold", cause);
  }
}
