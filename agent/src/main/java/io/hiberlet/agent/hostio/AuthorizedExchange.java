package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Exchange;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.Field;
import io.hiberlet.agent.hostio.http.ResponseHead;
import io.hiberlet.agent.hostio.http.UpstreamException;
import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request with a token, or two: after a 401 it is sent once more with a new token, and the
 * second answer stands. Its monitor guards what is under way.
 */
final class AuthorizedExchange implements Exchange {
  private final AuthorizedUpstream upstream;
  private final UpstreamRequest request;
  private final ExchangeListener listener;
  private @Nullable Exchange current;
  private boolean cancelled;

  AuthorizedExchange(
      AuthorizedUpstream upstream, UpstreamRequest request, ExchangeListener listener) {
    this.upstream = upstream;
    this.request = request;
    this.listener = listener;
  }

  void start() {
    askForToken(true);
  }

  @Override
  public synchronized void resume() {
    if (current != null) {
      current.resume();
    }
  }

  @Override
  public synchronized void cancel() {
    cancelled = true;
    if (current != null) {
      current.cancel();
    }
  }

  private void askForToken(boolean first) {
    var _ =
        token()
            .whenCompleteAsync(
                (token, failure) -> {
                  if (failure != null) {
                    fail(failure);
                  } else {
                    send(token, first);
                  }
                },
                upstream.shared().executor());
  }

  private CompletableFuture<String> token() {
    return upstream
        .tokens()
        .token()
        .toCompletableFuture()
        .copy()
        .orTimeout(upstream.patience().toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void send(String token, boolean first) {
    if (!cancelled) {
      current = upstream.shared().upstream().send(with(token), new Answer(token, first));
    }
  }

  private UpstreamRequest with(String token) {
    List<Field> fields = new ArrayList<>(request.fields());
    if (!token.isEmpty()) {
      fields.add(new Field("Authorization", "Bearer " + token));
    }
    return new UpstreamRequest(
        request.method(), request.target(), fields, request.body(), request.streaming());
  }

  private void fail(Throwable failure) {
    synchronized (this) {
      if (cancelled) {
        return;
      }
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    listener.onFailure(
        new UpstreamException(Reason.CONNECTION, "no service account token: " + cause, cause));
  }

  private synchronized void abandon() {
    if (current != null) {
      current.cancel();
      current = null;
    }
  }

  /** The answer to one sending. Called by one event loop. */
  private final class Answer implements ExchangeListener {
    private final String token;
    private final boolean first;
    private boolean abandoned;

    Answer(String token, boolean first) {
      this.token = token;
      this.first = first;
    }

    @Override
    public void onHead(ResponseHead head) {
      if (first && head.status() == 401) {
        abandoned = true;
        abandon();
        upstream.tokens().refused(token);
        askForToken(false);
      } else {
        listener.onHead(head);
      }
    }

    @Override
    public boolean onBody(byte[] piece) {
      return abandoned || listener.onBody(piece);
    }

    @Override
    public void onEnd() {
      if (!abandoned) {
        listener.onEnd();
      }
    }

    @Override
    public void onFailure(UpstreamException failure) {
      if (!abandoned) {
        listener.onFailure(failure);
      }
    }
  }
}
