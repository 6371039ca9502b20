package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;

/** How a guest of an {@link IdleStyle} is run for one wake, on the thread that runs the guest. */
@FunctionalInterface
interface WakeEntry {
  /** Calls the guest until it has nothing left to do; returns whether it is over. */
  boolean run(Instance instance);

  /** One call of an export. */
  static WakeEntry calling(String export, boolean isAll) {
    return instance -> {
      instance.export(export).apply();
      return isAll;
    };
  }
}
