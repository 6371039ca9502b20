package io.hiberlet.agent.hostio;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A command in a guest, for those who gave it: one thread sends its input, another takes its
 * output. Both wait while the guest is slow; everything else returns at once. When nobody is
 * interested in it any more, it must be {@linkplain #close closed}.
 */
public final class GuestExec implements AutoCloseable {
  /** The largest piece of input that a guest gets. */
  public static final int PIECE_BYTES = 16 << 10;

  private final ExecOperation operation;
  private final Inbox inbox;

  GuestExec(ExecOperation operation, Inbox inbox) {
    this.operation = operation;
    this.inbox = inbox;
  }

  /**
   * Sends input, waiting for room.
   *
   * @param length of the first bytes, at most {@link #PIECE_BYTES}, at least 1
   * @return false when the command is over, and nobody reads
   */
  public boolean send(byte[] bytes, int length) throws InterruptedException {
    byte[] piece = Arrays.copyOf(bytes, length);
    operation.input().awaitRoom(piece);
    return inbox.exclusively(() -> operation.send(piece));
  }

  /** There is no more input. */
  public void endInput() {
    inbox.exclusively(operation::endInput);
  }

  /** The terminal has this size now. */
  public void resize(int columns, int rows) {
    inbox.exclusively(() -> operation.resize(columns, rows));
  }

  /** The next of its output, waiting for it; after an end there is none. */
  public ExecOutput take() throws InterruptedException {
    return operation.output().take();
  }

  /** The same, null when nothing comes in that time. */
  public @Nullable ExecOutput take(Duration longest) throws InterruptedException {
    return operation.output().poll(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A piece that was taken is out of memory: the guest may write as much again. */
  public void written(ExecOutput.Bytes piece) {
    inbox.exclusively(() -> operation.written(piece));
  }

  /** Nobody waits for it any more: the guest is told, if it has not ended it. */
  @Override
  public void close() {
    inbox.exclusively(operation::cancel);
  }
}
