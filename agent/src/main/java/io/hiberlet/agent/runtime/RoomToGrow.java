package io.hiberlet.agent.runtime;

/** Room for what a guest comes to hold in the middle of a wake. Used by the thread that runs it. */
@FunctionalInterface
public interface RoomToGrow {
  /** For a guest that may grow up to its limit, whatever others hold. */
  RoomToGrow AMPLE = bytes -> true;

  /**
   * Takes some.
   *
   * @return whether it is there; if not, the guest cannot go on
   */
  boolean take(long bytes);
}
