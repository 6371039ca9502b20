package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;

/** Looks at the pointers that guests hand over: unsigned 32-bit, and not to be trusted. */
final class GuestPointers {
  private GuestPointers() {}

  /** Whether {@code length} bytes at {@code pointer} are inside the guest's first memory now. */
  static boolean inside(Instance instance, int pointer, int length) {
    long end = Integer.toUnsignedLong(pointer) + Integer.toUnsignedLong(length);
    return end <= (long) instance.memory().pages() * Memory.PAGE_SIZE;
  }
}
