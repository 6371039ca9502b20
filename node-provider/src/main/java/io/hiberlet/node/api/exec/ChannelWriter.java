package io.hiberlet.node.api.exec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;

/**
 * Lets a virtual thread write to a channel as to a stream: what the client does not take stays with
 * the writer, who waits. Never to be called on an event loop.
 */
public final class ChannelWriter {

  private static final int CHUNK_BYTES = 16 << 10;

  private ChannelWriter() {}

  /** Puts bytes into a message of the protocol that the channel speaks; takes the buffer over. */
  @FunctionalInterface
  public interface Framing {
    Object frame(ByteBuf bytes) throws IOException;
  }

  /**
   * Writes a message. Returns at once while the channel has room; when it has none, returns when
   * this message has gone out, and so has everything before it.
   *
   * @throws InterruptedIOException when interrupted; the message may still go out
   */
  public static void write(Channel channel, Object message) throws IOException {
    ChannelFuture written = channel.writeAndFlush(message);
    if (channel.isWritable()) {
      return;
    }
    try {
      written.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the client was slow");
    }
    if (!written.isSuccess()) {
      throw written.cause() instanceof ClosedChannelException
          ? new IOException("the client has gone", written.cause())
          : new IOException("cannot write to the client", written.cause());
    }
  }

  /** A stream whose every write goes out at once. Closing it does nothing. */
  public static OutputStream stream(Channel channel, Framing framing) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        for (int done = 0; done < length; done += CHUNK_BYTES) {
          int count = Math.min(CHUNK_BYTES, length - done);
          ByteBuf chunk = channel.alloc().buffer(count);
          chunk.writeBytes(bytes, offset + done, count);
          ChannelWriter.write(channel, framing.frame(chunk));
        }
      }
    };
  }
}
