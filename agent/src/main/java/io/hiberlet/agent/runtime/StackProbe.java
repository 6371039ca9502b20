package io.hiberlet.agent.runtime;

/**
 * Makes a guest's stack overflow happen in front of a host call and never inside it. A guest may
 * recurse until the stack has room for little more than one call; an overflow in the middle of the
 * host's own code would leave things half done that outlive the guest.
 */
final class StackProbe {
  /** Of some 32 bytes at the least: together more than a host call needs. */
  private static final int FRAMES = 1000;

  private StackProbe() {}

  /**
   * @throws StackOverflowError when too little is left of the stack
   */
  static void requireRoom() {
    descend(FRAMES);
  }

  private static int descend(int frames) {
    return frames == 0 ? 0 : descend(frames - 1) + 1;
  }
}
