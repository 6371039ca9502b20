package io.hiberlet.node.api.exec;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/** How connections of streams are held up and let go. */
final class Linger {

  /**
   * A connection silent for this long is pinged. A client that has vanished is found out by it even
   * while nothing is read from the connection.
   */
  static final int PING_SECONDS = 30;

  private static final int CLOSE_SECONDS = 10;

  private Linger() {}

  /**
   * Leaves closing to the client for a while. Closing first, with bytes of the client unread, would
   * make TCP reset the connection and lose what the client has not read yet.
   */
  static void untilClosed(Channel channel) throws InterruptedException {
    channel.closeFuture().await(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
