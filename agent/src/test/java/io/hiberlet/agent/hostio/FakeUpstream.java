package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Exchange;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.Field;
import io.hiberlet.agent.hostio.http.ResponseHead;
import io.hiberlet.agent.hostio.http.Upstream;
import io.hiberlet.agent.hostio.http.UpstreamException;
import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A server whose every answer the test gives by hand. */
final class FakeUpstream implements Upstream {

  /** One request and its answer. */
  static final class Sent implements Exchange {
    final UpstreamRequest request;
    private final ExchangeListener listener;
    boolean cancelled;
    boolean reading = true;

    Sent(UpstreamRequest request, ExchangeListener listener) {
      this.request = request;
      this.listener = listener;
    }

    Sent head(int status) {
      return head(status, new Field("a", "b"));
    }

    Sent head(int status, Field field) {
      listener.onHead(new ResponseHead(status, "Reason", List.of(field)));
      return this;
    }

    Sent body(String text) {
      reading = listener.onBody(text.getBytes(StandardCharsets.UTF_8));
      return this;
    }

    void end() {
      listener.onEnd();
    }

    void fail() {
      listener.onFailure(new UpstreamException(Reason.CONNECTION, "broken"));
    }

    String token() {
      return request.fields().getLast().value();
    }

    @Override
    public void resume() {
      reading = true;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private final Deque<Sent> sent = new ArrayDeque<>();

  @Override
  public Exchange send(UpstreamRequest request, ExchangeListener listener) {
    Sent exchange = new Sent(request, listener);
    sent.add(exchange);
    return exchange;
  }

  /** The oldest request that the test has not looked at. */
  Sent next() {
    return sent.remove();
  }

  boolean isQuiet() {
    return sent.isEmpty();
  }

  @Override
  public void close() {}
}
