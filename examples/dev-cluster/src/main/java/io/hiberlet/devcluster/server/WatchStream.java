package io.hiberlet.devcluster.server;

import io.hiberlet.devcluster.api.ResourceWatch;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sends one watch's events as they come, with bookmarks, until its time is over or its client is
 * gone or too slow. {@link #start} is for the channel's event loop; events come from any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class WatchStream implements ResourceWatch.Sink {
  /** kube-apiserver, too, sends a last bookmark this long before it ends a watch. */
  private static final long LAST_BOOKMARK_SECONDS = 2;

  private final Channel channel;
  private final ResourceWatch watch;
  private final Duration bookmarkInterval;
  private final AtomicBoolean ended = new AtomicBoolean();

  WatchStream(Channel channel, ResourceWatch watch, Duration bookmarkInterval) {
    this.channel = channel;
    this.watch = watch;
    this.bookmarkInterval = bookmarkInterval;
  }

  void start() {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    HttpUtil.setTransferEncodingChunked(head, true);
    channel.writeAndFlush(head);
    watch.start(this);
    Future<?> end = schedule(this::end, watch.timeout().toMillis());
    Future<?> bookmarks =
        channel
            .eventLoop()
            .scheduleAtFixedRate(
                watch::bookmark,
                bookmarkInterval.toMillis(),
                bookmarkInterval.toMillis(),
                TimeUnit.MILLISECONDS);
    Future<?> lastBookmark =
        schedule(watch::bookmark, watch.timeout().minusSeconds(LAST_BOOKMARK_SECONDS).toMillis());
    channel
        .closeFuture()
        .addListener(
            closed -> {
              watch.stop();
              end.cancel(false);
              bookmarks.cancel(false);
              lastBookmark.cancel(false);
            });
  }

  private Future<?> schedule(Runnable task, long delayMillis) {
    return channel.eventLoop().schedule(task, Math.max(0, delayMillis), TimeUnit.MILLISECONDS);
  }

  @Override
  public void event(byte[] line) {
    if (!channel.isWritable()) {
      watch.stop();
      channel.close();
    } else if (!ended.get()) {
      channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(line)));
    }
  }

  @Override
  public void end() {
    if (ended.compareAndSet(false, true)) {
      watch.stop();
      channel
          .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
          .addListener(ChannelFutureListener.CLOSE);
    }
  }
}
