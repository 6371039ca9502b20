package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.hostio.TokenSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The parts of a controller that belongs to no pod: its module is in memory, its log elsewhere. */
record LocalParts(GuestSource guests, HostIo hostIo, TokenSource token) implements ControllerParts {

  @Override
  public CompletionStage<GuestSource> loadModule() {
    return CompletableFuture.completedFuture(guests);
  }

  @Override
  public ControllerOperations openOperations(OperationsState state, OperationsListener listener) {
    return hostIo.open(state, token, listener);
  }

  @Override
  public void rest() {}

  @Override
  public void close() {}
}
