package io.hiberlet.node.api.exec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes from a channel to a thread that reads them as a stream. When the reader is slow the
 * channel is no longer read, so that TCP slows the sender down; what has been decoded by then is
 * still taken, which is the only way beyond the limit.
 *
 * <p>The event loop offers, ends and fails; one other thread reads.
 */
final class InboundPipe {

  private static final int PAUSE_BYTES = 64 << 10;
  private static final int RESUME_BYTES = PAUSE_BYTES / 2;

  private final Channel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<byte[]> chunks = new ArrayDeque<>();
  private int buffered;
  private boolean paused;
  private boolean ended;
  private boolean discarding;
  private @Nullable IOException failure;

  InboundPipe(Channel channel) {
    this.channel = channel;
  }

  /** Takes a copy of the readable bytes; those that come after the end are dropped. */
  void offer(ByteBuf bytes) {
    lock.lock();
    try {
      if (ended || discarding || !bytes.isReadable()) {
        return;
      }
      byte[] chunk = new byte[bytes.readableBytes()];
      bytes.readBytes(chunk);
      chunks.add(chunk);
      buffered += chunk.length;
      if (buffered >= PAUSE_BYTES && !paused) {
        setPaused(true);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The sender has said all. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The sender is gone: reads fail, of what is buffered too. */
  void fail(String message) {
    lock.lock();
    try {
      failure = new IOException(message);
      drop();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody reads any more: what comes is dropped, so that the channel goes on being read. */
  void discard() {
    lock.lock();
    try {
      discarding = true;
      drop();
    } finally {
      lock.unlock();
    }
  }

  InputStream input() {
    return new PipeInput();
  }

  private void drop() {
    chunks.clear();
    buffered = 0;
    if (paused) {
      setPaused(false);
    }
    changed.signalAll();
  }

  private void setPaused(boolean pause) {
    paused = pause;
    channel.config().setAutoRead(!pause);
  }

  /** The next chunk, or null at the end. */
  private byte @Nullable [] take() throws IOException {
    lock.lock();
    try {
      while (true) {
        if (failure != null) {
          throw new IOException(failure.getMessage(), failure);
        }
        byte[] chunk = chunks.poll();
        if (chunk != null) {
          buffered -= chunk.length;
          if (paused && buffered <= RESUME_BYTES) {
            setPaused(false);
          }
          return chunk;
        }
        if (ended || discarding) {
          return null;
        }
        changed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the client");
    } finally {
      lock.unlock();
    }
  }

  private int waiting() {
    lock.lock();
    try {
      return buffered;
    } finally {
      lock.unlock();
    }
  }

  /** Used by the one reading thread. */
  private final class PipeInput extends InputStream {
    private byte[] chunk = new byte[0];
    private int position;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, into.length);
      if (length == 0) {
        return 0;
      }
      if (position == chunk.length) {
        byte[] next = take();
        if (next == null) {
          return -1;
        }
        chunk = next;
        position = 0;
      }
      int count = Math.min(length, chunk.length - position);
      System.arraycopy(chunk, position, into, offset, count);
      position += count;
      return count;
    }

    @Override
    public int available() {
      return chunk.length - position + waiting();
    }
  }
}
