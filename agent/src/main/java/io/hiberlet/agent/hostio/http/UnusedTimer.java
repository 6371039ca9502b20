package io.hiberlet.agent.hostio.http;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Closes a connection that nobody has used for a while. Belongs to the channel's event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // the pipeline tells what became of it
final class UnusedTimer {
  private final Channel channel;
  private final Duration limit;
  private @Nullable Future<?> running;

  UnusedTimer(Channel channel, Duration limit) {
    this.channel = channel;
    this.limit = limit;
    channel.closeFuture().addListener(closed -> stop());
  }

  void start() {
    stop();
    running = channel.eventLoop().schedule(this::expire, limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  void stop() {
    if (running != null) {
      running.cancel(false);
      running = null;
    }
  }

  private void expire() {
    channel.close();
  }
}
