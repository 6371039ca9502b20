package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Exchange;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.ResponseHead;
import io.hiberlet.agent.hostio.http.Upstream;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An operation that delivers an answer as it comes, and stops reading from the server when the
 * guest has more than enough to read.
 */
abstract class StreamingOperation extends Operation {
  private static final int CHUNK_BYTES = 64 * 1024;

  private @Nullable Exchange exchange;
  private boolean paused;

  StreamingOperation(long id, OperationContext context) {
    super(id, context);
  }

  @Override
  void stop() {
    paused = false;
    if (exchange != null) {
      exchange.cancel();
      exchange = null;
    }
  }

  @Override
  void onTaken(Delivery delivery) {
    if (paused && exchange != null && hasRoom()) {
      paused = false;
      exchange.resume();
    }
  }

  final void send(UpstreamRequest request, ExchangeListener listener) {
    exchange = context().upstream().send(request, listener);
  }

  /** Forgets an exchange that ended by itself. */
  final void exchangeEnded() {
    exchange = null;
    paused = false;
  }

  /** What {@link ExchangeListener#onBody} answers. */
  final boolean readOn() {
    paused = exchange != null && !hasRoom();
    return !paused;
  }

  final void deliverHead(ResponseHead head) {
    deliver(Completion.Kind.RESPONSE_HEAD, ResponseHeads.encode(head));
  }

  final void deliverBody(byte[] piece) {
    for (int start = 0; start < piece.length; start += CHUNK_BYTES) {
      int end = Math.min(start + CHUNK_BYTES, piece.length);
      deliver(Completion.Kind.BODY_CHUNK, Arrays.copyOfRange(piece, start, end));
    }
  }

  private boolean hasRoom() {
    return waitingBytes() <= context().limits().undeliveredBytes() - Upstream.MAX_HELD_BYTES;
  }
}
