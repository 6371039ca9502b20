package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;
import java.util.function.Function;

/**
 * Instances of a loaded module.
 *
 * @param environment what is around a guest whose life began with these settings
 */
record ModuleGuests(
    GuestModule module,
    Function<GuestSettings, GuestEnvironment> environment,
    long memoryLimitBytes)
    implements GuestSource {

  @Override
  public boolean handlesExec() {
    return module.handlesExec();
  }

  @Override
  public boolean isCommand() {
    return module.isCommand();
  }

  @Override
  public Guest start(GuestSettings settings, HostCalls calls)
      throws GuestTrapException, GuestExitException {
    return module.start(environment.apply(settings), calls);
  }

  @Override
  public Guest resume(HostCalls calls, GuestState state) throws GuestStateException {
    return module.resume(environment.apply(state.settings()), calls, state);
  }

  @Override
  public Guest copy(GuestState state) throws GuestStateException {
    return module.copy(state, memoryLimitBytes);
  }
}
