package io.hiberlet.agent.hostio;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Semaphore;

/**
 * The input of a command that its guest has not read. The client's thread takes room for a piece
 * before it adds that; everything else is guarded by the controller's {@link Inbox}.
 */
final class ExecInput {
  private final Semaphore room = new Semaphore(ExecOperation.BUFFER_BYTES);
  private final Queue<byte[]> pieces = new ArrayDeque<>();
  private int position;
  private int bytes;
  private boolean ended;

  /** Waits until there is room for a piece. */
  void awaitRoom(byte[] piece) throws InterruptedException {
    room.acquire(cost(piece));
  }

  /** Nobody reads any more: whoever waits for room goes on. */
  void abandon() {
    room.release(ExecOperation.BUFFER_BYTES);
  }

  void add(byte[] piece) {
    pieces.add(piece);
    bytes += piece.length;
  }

  void end() {
    ended = true;
  }

  boolean hasEnded() {
    return ended && pieces.isEmpty();
  }

  /** What waits to be read. */
  int bytes() {
    return bytes;
  }

  /** Reads what there is, as far as it fits; 0 when nothing is there now. */
  int read(byte[] into) {
    int done = 0;
    for (byte[] piece = pieces.peek(); piece != null && done < into.length; piece = pieces.peek()) {
      int count = Math.min(piece.length - position, into.length - done);
      System.arraycopy(piece, position, into, done, count);
      done += count;
      position += count;
      if (position == piece.length) {
        position = 0;
        pieces.remove();
        room.release(cost(piece));
      }
    }
    bytes -= done;
    return done;
  }

  private static int cost(byte[] piece) {
    return ExecOutput.OVERHEAD_BYTES + piece.length;
  }
}
