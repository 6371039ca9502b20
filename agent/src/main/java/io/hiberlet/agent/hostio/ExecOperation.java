package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.OperationsState.Pending;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A command that the guest was given. Not durable: after a restart it is answered as a request is
 * that was lost. The guest reads and writes as much as there is and is told when it may go on, so
 * that either side slows the other down and what lies between them is bounded.
 */
final class ExecOperation extends Operation {
  /** How many commands a controller carries out at once. */
  static final int MOST = 16;

  /** What waits in each direction at the most. */
  static final int BUFFER_BYTES = 32 << 10;

  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int HIGHEST_CODE = 255;

  private final ExecCommand command;
  private final byte[] encoded;
  private final ExecInput input = new ExecInput();
  private final BlockingQueue<ExecOutput> output = new LinkedBlockingQueue<>();
  private int outputBytes;
  private boolean known;
  private boolean over;

  /** The guest found nothing to read, or no room to write: it is to hear when there is. */
  private boolean waitsForInput;

  private boolean waitsForRoom;

  private boolean resizeWaits;
  private byte @Nullable [] newestSize;

  ExecOperation(long id, OperationContext context, ExecCommand command, byte[] encoded) {
    super(id, context);
    this.command = command;
    this.encoded = encoded;
    if (!command.stdin()) {
      input.end();
    }
  }

  /** What the client takes; never holds more than the limit. */
  BlockingQueue<ExecOutput> output() {
    return output;
  }

  ExecInput input() {
    return input;
  }

  @Override
  void start() {
    deliver(Completion.Kind.EXEC, encoded);
  }

  @Override
  void stop() {
    finish(new ExecOutput.Broken("the controller ended, or gave the command up"));
  }

  /** The client has gone. */
  void cancel() {
    if (!over) {
      finish(new ExecOutput.Broken("given up"));
      deliverError(Errno.CANCELED, "whoever gave the command has gone");
    }
  }

  /** The guest reads. */
  int read(byte[] into) {
    if (over) {
      return Errno.NOENT.result();
    }
    if (into.length == 0) {
      return Errno.INVAL.result(); // 0 would be the end
    }
    int read = input.read(into);
    if (read > 0 || input.hasEnded()) {
      return read;
    }
    waitsForInput = true;
    return Errno.AGAIN.result();
  }

  /** The guest writes. */
  int write(int stream, byte[] bytes) {
    if (over) {
      return Errno.NOENT.result();
    }
    if (stream != STDOUT && stream != STDERR) {
      return Errno.BADF.result();
    }
    int room = BUFFER_BYTES - outputBytes - ExecOutput.Bytes.OVERHEAD_BYTES;
    if (room <= 0) {
      waitsForRoom = true;
      return Errno.AGAIN.result();
    }
    int taken = Math.min(room, bytes.length);
    if (taken > 0) {
      var piece =
          new ExecOutput.Bytes(
              stream == STDERR && !command.terminal(), Arrays.copyOf(bytes, taken));
      outputBytes += piece.costBytes();
      output.add(piece);
    }
    return taken;
  }

  /** The client has got rid of a piece that it took. */
  void written(ExecOutput.Bytes piece) {
    outputBytes -= piece.costBytes();
    if (waitsForRoom && !over && outputBytes <= BUFFER_BYTES / 2) {
      waitsForRoom = false;
      deliver(Completion.Kind.READY, new byte[0]);
    }
  }

  /** The guest ends it; an end that makes no sense does not count. */
  int exit(int code) {
    if (over) {
      return Errno.NOENT.result();
    }
    if (code < 0 || code > HIGHEST_CODE) {
      return Errno.INVAL.result();
    }
    finish(new ExecOutput.Exited(code));
    return 0;
  }

  /**
   * There is input for the guest.
   *
   * @return whether anybody is interested
   */
  boolean send(byte[] piece) {
    if (!over) {
      input.add(piece);
      tellInput();
    }
    return !over;
  }

  /** There is no more input. */
  void endInput() {
    input.end();
    tellInput();
  }

  private void tellInput() {
    if (waitsForInput && !over) {
      waitsForInput = false;
      deliver(Completion.Kind.READY, new byte[0]);
    }
  }

  /** The terminal has another size. Of many, the guest hears the newest. */
  void resize(int columns, int rows) {
    byte[] size =
        ByteBuffer.allocate(2 * Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(columns)
            .putInt(rows)
            .array();
    if (resizeWaits) {
      newestSize = size;
    } else if (!over) {
      resizeWaits = true;
      deliver(Completion.Kind.RESIZE, size);
    }
  }

  @Override
  void onTaken(Delivery delivery) {
    switch (delivery.completion().kind()) {
      case EXEC -> known = true;
      case RESIZE -> {
        resizeWaits = false;
        if (newestSize != null && !over) {
          resizeWaits = true;
          deliver(Completion.Kind.RESIZE, newestSize);
          newestSize = null;
        }
      }
      default -> {
        // Nothing else needs to be answered.
      }
    }
  }

  @Override
  boolean isKnown() {
    return known;
  }

  @Override
  Pending capture() {
    return new OperationsState.Request(id());
  }

  @Override
  OperationInfo describe() {
    String line = String.join(" ", command.arguments());
    String state = over ? "its client has gone" : known ? "running" : "waiting for the guest";
    return new OperationInfo(id(), "exec", line, state, null, null, waitingBytes() + input.bytes());
  }

  private void finish(ExecOutput end) {
    if (!over) {
      over = true;
      output.add(end);
      input.abandon();
    }
  }
}
