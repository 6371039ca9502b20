package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.OperationsState.Pending;

/** A request that was under way when the host ended: nobody knows what became of it. */
final class LostRequest extends Operation {

  LostRequest(long id, OperationContext context) {
    super(id, context);
  }

  @Override
  void start() {
    deliverError(
        Errno.IO,
        "the host was restarted while the request was under way; it may have been carried out");
  }

  @Override
  void stop() {}

  @Override
  Pending capture() {
    return new OperationsState.Request(id());
  }

  @Override
  OperationInfo describe() {
    return new OperationInfo(id(), "request", "", "lost", null, null, waitingBytes());
  }
}
