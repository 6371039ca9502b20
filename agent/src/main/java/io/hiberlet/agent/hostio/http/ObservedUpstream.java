package io.hiberlet.agent.hostio.http;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Tells an observer how the requests to another upstream go. */
public record ObservedUpstream(Upstream upstream, UpstreamObserver observer) implements Upstream {

  @Override
  public Exchange send(UpstreamRequest request, ExchangeListener listener) {
    Observed observed = new Observed(request.streaming(), listener, observer);
    observed.exchange = upstream.send(request, observed);
    return observed;
  }

  @Override
  public void close() {
    upstream.close();
  }

  private static final class Observed implements Exchange, ExchangeListener {
    private enum Stage {
      SENT,
      ANSWERED,
      OVER
    }

    private final boolean streaming;
    private final ExchangeListener listener;
    private final UpstreamObserver observer;
    private final long sentNanos = System.nanoTime();

    /** A client may give up at any moment, while an event loop hears of an end. */
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.SENT);

    /** Set before anybody has this exchange. */
    private volatile @Nullable Exchange exchange;

    Observed(boolean streaming, ExchangeListener listener, UpstreamObserver observer) {
      this.streaming = streaming;
      this.listener = listener;
      this.observer = observer;
    }

    @Override
    public void onHead(ResponseHead head) {
      if (stage.compareAndSet(Stage.SENT, Stage.ANSWERED)) {
        observer.answered(streaming, head.status(), System.nanoTime() - sentNanos);
      }
      listener.onHead(head);
    }

    @Override
    public boolean onBody(byte[] piece) {
      return listener.onBody(piece);
    }

    @Override
    public void onEnd() {
      over();
      listener.onEnd();
    }

    @Override
    public void onFailure(UpstreamException failure) {
      if (over() == Stage.SENT) {
        observer.failed(streaming);
      }
      listener.onFailure(failure);
    }

    @Override
    public void resume() {
      Objects.requireNonNull(exchange).resume();
    }

    @Override
    public void cancel() {
      over();
      Objects.requireNonNull(exchange).cancel();
    }

    /** Returns how far it was. */
    private Stage over() {
      Stage before = stage.getAndSet(Stage.OVER);
      if (before == Stage.ANSWERED && streaming) {
        observer.streamEnded();
      }
      return before;
    }
  }
}
