package io.hiberlet.agent.hostio.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;

/** HTTP/1.1: one call after the other on a connection that is kept alive. */
@SuppressWarnings("FutureReturnValueIgnored") // the pipeline tells what became of it
final class SequentialConnection implements Connection, ExchangeHandler.Owner {
  private static final int BODY_PIECE_BYTES = 32 * 1024;
  private static final int STATUS_LINE_BYTES = 4096;

  private final Channel channel;
  private final Pool pool;
  private final ExchangeHandler handler;
  private final UnusedTimer unused;
  private boolean busy;
  private boolean usedBefore;
  private boolean closing;

  SequentialConnection(Channel channel, UpstreamConfig config, Pool pool) {
    this.channel = channel;
    this.pool = pool;
    this.handler = new ExchangeHandler(config, this);
    this.unused = new UnusedTimer(channel, config.unused());
    channel.config().setAutoRead(false);
    channel
        .pipeline()
        .addLast(
            new HttpClientCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(STATUS_LINE_BYTES)
                    .setMaxHeaderSize(config.responseHeadBytes())
                    .setMaxChunkSize(BODY_PIECE_BYTES),
                false,
                true))
        .addLast(handler);
    channel.closeFuture().addListener(closed -> pool.gone(this));
    becomeFree();
  }

  @Override
  public boolean isSettling() {
    return false;
  }

  @Override
  public boolean hasRoom() {
    return !busy && !closing && channel.isActive();
  }

  @Override
  public void carry(Call call) {
    busy = true;
    unused.stop();
    handler.carry(call);
  }

  @Override
  public void close() {
    closing = true;
    channel.close();
  }

  @Override
  public void completed(boolean reusable) {
    usedBefore = true;
    if (reusable) {
      becomeFree();
      pool.roomMade();
    } else {
      close();
    }
  }

  @Override
  public void broken(Call call, boolean untouched, UpstreamException failure) {
    close();
    // A kept connection may have been closed by the server just as the request went out. Nobody can
    // tell whether the server saw it, so only what changes nothing is sent again.
    boolean stale = usedBefore && call.request().isSafe();
    pool.returned(call, untouched || stale, failure);
  }

  private void becomeFree() {
    busy = false;
    unused.start();
    channel.read(); // notices when the server closes
  }
}
