package io.hiberlet.benchmarks;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.HostCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The host of one {@code working-set.wat}: hands it commands as events, and hears its answers. Used
 * by one thread.
 */
final class Commands implements HostCalls {
  private static final int COMMAND_BYTES = 24;
  private static final int FILL = 0;
  private static final int TOUCH = 1;
  private static final int SUM = 2;

  private final Queue<Completion> waiting = new ArrayDeque<>();
  private long answer;

  /** Writes pages in full. */
  void fill(int pages, long seed) {
    send(FILL, 0, pages, 1, seed);
  }

  /** Writes one word of every {@code stride}-th page. */
  void touch(int first, int pages, int stride, long seed) {
    send(TOUCH, first, pages, stride, seed);
  }

  /** Asks for a sum over all bytes of pages. */
  void sum(int pages) {
    send(SUM, 0, pages, 1, 0);
  }

  /** An event that asks for nothing. */
  void nudge() {
    waiting.add(new Completion(1, Completion.Kind.TIMER, new byte[0]));
  }

  /** What the guest answered last. */
  long answer() {
    return answer;
  }

  private void send(int what, int first, int pages, int stride, long seed) {
    ByteBuffer command = ByteBuffer.allocate(COMMAND_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    command.putInt(what).putInt(first).putInt(pages).putInt(stride).putLong(seed);
    waiting.add(new Completion(0, Completion.Kind.BODY_CHUNK, command.array()));
  }

  @Override
  public void wakeIn(long millis) {}

  @Override
  public @Nullable Completion next() {
    return waiting.poll();
  }

  @Override
  public long timer(long millis) {
    answer = millis;
    return 1;
  }

  @Override
  public long httpRequest(byte[] message, int flags) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int cancel(long operation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int execRead(long operation, byte[] into) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int execWrite(long operation, int stream, byte[] bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int execExit(long operation, int code) {
    throw new UnsupportedOperationException();
  }
}
