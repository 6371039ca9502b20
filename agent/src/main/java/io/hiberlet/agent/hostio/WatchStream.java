package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.ResponseHead;
import io.hiberlet.agent.hostio.http.UpstreamException;
import java.time.Instant;
import java.util.function.Consumer;

/** One connection's worth of a watch. A watch that has moved on to another one ignores it. */
final class WatchStream implements ExchangeListener {
  private final WatchOperation watch;
  private final Instant begun;
  private final LineSplitter lines;

  WatchStream(WatchOperation watch, Instant begun, int lineBytes) {
    this.watch = watch;
    this.begun = begun;
    this.lines = new LineSplitter(lineBytes);
  }

  Instant begun() {
    return begun;
  }

  /** See {@link LineSplitter#feed}. */
  boolean split(byte[] piece, Consumer<byte[]> to) {
    return lines.feed(piece, to);
  }

  @Override
  public void onHead(ResponseHead head) {
    watch.onHead(this, head);
  }

  @Override
  public boolean onBody(byte[] piece) {
    return watch.onBody(this, piece);
  }

  @Override
  public void onEnd() {
    watch.onEnd(this);
  }

  @Override
  public void onFailure(UpstreamException failure) {
    watch.onFailure(this, failure);
  }
}
