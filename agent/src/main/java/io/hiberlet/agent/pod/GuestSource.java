package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;

/** Makes instances of one controller's module. Used on guest threads. */
interface GuestSource {

  /** Whether its guests carry out commands. */
  default boolean handlesExec() {
    return false;
  }

  /** Whether its guests run once, to their end, and neither wait nor sleep. */
  default boolean isCommand() {
    return false;
  }

  /** A new life: memory as the module describes it, initialised. */
  Guest start(GuestSettings settings, HostCalls calls)
      throws GuestTrapException, GuestExitException;

  /** The same life in a new instance. */
  Guest resume(HostCalls calls, GuestState state) throws GuestStateException;

  /** A copy that is only to be looked at: nothing around it, and never to be woken. */
  Guest copy(GuestState state) throws GuestStateException;
}
