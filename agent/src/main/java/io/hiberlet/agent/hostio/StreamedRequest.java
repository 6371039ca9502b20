package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.OperationsState.Pending;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.ResponseHead;
import io.hiberlet.agent.hostio.http.UpstreamException;

/** A request whose answer the guest gets in chunks as it comes. Not durable. */
final class StreamedRequest extends StreamingOperation implements ExchangeListener {
  private final GuestRequest request;
  private boolean over;

  StreamedRequest(long id, OperationContext context, GuestRequest request) {
    super(id, context);
    this.request = request;
  }

  @Override
  void start() {
    send(request.upstream(true), this);
  }

  @Override
  void stop() {
    over = true;
    super.stop();
  }

  @Override
  Pending capture() {
    return new OperationsState.Request(id());
  }

  @Override
  OperationInfo describe() {
    String line = request.method() + " " + request.target();
    String state = over ? "answered" : "receiving";
    return new OperationInfo(id(), "stream", line, state, null, null, waitingBytes());
  }

  @Override
  public void onHead(ResponseHead head) {
    step(() -> deliverHead(head));
  }

  @Override
  public boolean onBody(byte[] piece) {
    return context()
        .inbox()
        .exclusively(
            () -> {
              if (!over) {
                deliverBody(piece);
              }
              return readOn();
            });
  }

  @Override
  public void onEnd() {
    step(
        () -> {
          over = true;
          exchangeEnded();
          deliverEnd();
        });
  }

  @Override
  public void onFailure(UpstreamException failure) {
    step(
        () -> {
          over = true;
          exchangeEnded();
          deliverError(failure);
        });
  }

  private void step(Runnable action) {
    context()
        .inbox()
        .exclusively(
            () -> {
              if (!over) {
                action.run();
              }
            });
  }
}
