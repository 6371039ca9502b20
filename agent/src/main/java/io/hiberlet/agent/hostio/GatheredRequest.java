package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.OperationsState.Pending;
import io.hiberlet.agent.hostio.http.Exchange;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.ResponseHead;
import io.hiberlet.agent.hostio.http.UpstreamException;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** A request whose answer the guest gets as a whole. */
final class GatheredRequest extends Operation implements ExchangeListener {
  private final GuestRequest request;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private @Nullable Exchange exchange;
  private @Nullable ResponseHead head;
  private boolean over;
  private long budgeted;

  GatheredRequest(long id, OperationContext context, GuestRequest request) {
    super(id, context);
    this.request = request;
  }

  @Override
  void start() {
    exchange = context().upstream().send(request.upstream(false), this);
  }

  @Override
  void stop() {
    over = true;
    giveBack();
    if (exchange != null) {
      exchange.cancel();
      exchange = null;
    }
  }

  @Override
  Pending capture() {
    return new OperationsState.Request(id());
  }

  @Override
  OperationInfo describe() {
    String line = request.method() + " " + request.target();
    String state = over ? "answered" : head == null ? "waiting for the answer" : "receiving";
    return new OperationInfo(
        id(), "request", line, state, null, null, waitingBytes() + body.size());
  }

  @Override
  void onTaken(Delivery delivery) {
    if (delivery.completion().kind() == Completion.Kind.BODY_CHUNK) {
      giveBack();
    }
  }

  @Override
  public void onHead(ResponseHead newHead) {
    step(() -> head = newHead);
  }

  @Override
  public boolean onBody(byte[] piece) {
    step(() -> gather(piece));
    return true;
  }

  @Override
  public void onEnd() {
    step(this::deliverAll);
  }

  @Override
  public void onFailure(UpstreamException failure) {
    step(
        () -> {
          stop();
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

  private void gather(byte[] piece) {
    int limit = context().limits().gatheredBytes();
    if (body.size() + piece.length > limit) {
      stop();
      deliverError(
          Errno.FBIG, "the answer has more than " + limit + " bytes; ask for it as a stream");
    } else if (!context().gathered().tryTake(piece.length)) {
      stop();
      deliverError(
          Errno.FBIG, "too many answers wait to be read on this host; ask for it as a stream");
    } else {
      budgeted += piece.length;
      body.writeBytes(piece);
    }
  }

  private void deliverAll() {
    over = true;
    exchange = null;
    if (head != null) {
      deliver(Completion.Kind.RESPONSE_HEAD, ResponseHeads.encode(head));
    }
    if (body.size() > 0) {
      deliver(Completion.Kind.BODY_CHUNK, body.toByteArray());
    }
    body.reset();
    deliverEnd();
  }

  private void giveBack() {
    context().gathered().giveBack(budgeted);
    budgeted = 0;
  }
}
