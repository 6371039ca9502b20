package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Exchange;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.Upstream;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The API server as one identity: adds the token to every request. It does not own the upstream
 * below, so closing does nothing.
 *
 * @param executor runs what follows when a token is there; an event loop
 * @param patience how long a token may take
 */
record AuthorizedUpstream(Upstream below, TokenSource tokens, Executor executor, Duration patience)
    implements Upstream {

  @Override
  public Exchange send(UpstreamRequest request, ExchangeListener listener) {
    AuthorizedExchange exchange = new AuthorizedExchange(this, request, listener);
    exchange.start();
    return exchange;
  }

  @Override
  public void close() {}
}
