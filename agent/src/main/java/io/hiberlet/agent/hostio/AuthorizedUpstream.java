package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Exchange;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.Upstream;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.time.Duration;

/**
 * The API server as one identity: adds the token to every request. It does not own the upstream
 * that it sends them to, so closing does nothing.
 */
record AuthorizedUpstream(TokenSource tokens, SharedContext shared) implements Upstream {

  @Override
  public Exchange send(UpstreamRequest request, ExchangeListener listener) {
    AuthorizedExchange exchange = new AuthorizedExchange(this, request, listener);
    exchange.start();
    return exchange;
  }

  /** How long a token may take. */
  Duration patience() {
    return shared.timeouts().responseHead();
  }

  @Override
  public void close() {}
}
