package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.ExecOutput;
import io.hiberlet.agent.hostio.GuestExec;
import io.hiberlet.node.ExecStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the streams of one command between a client and a guest, until it has ended or the client
 * is gone. Blocks; what neither side has taken yet is bounded.
 */
final class GuestCommand {
  private static final Logger log = LoggerFactory.getLogger(GuestCommand.class);

  private final GuestExec guest;
  private final ExecStreams client;

  GuestCommand(GuestExec guest, ExecStreams client) {
    this.guest = guest;
    this.client = client;
  }

  /**
   * @param stdin whether the client has input
   * @return the exit code
   * @throws IOException when it ended without one, or the client has gone
   */
  int run(boolean stdin) throws IOException, InterruptedException {
    try (guest) {
      client.sizes().listen(size -> guest.resize(size.columns(), size.rows()));
      if (!stdin) {
        return copyOutput();
      }
      Thread input = Thread.ofVirtual().name("exec input").start(this::copyInput);
      try {
        return copyOutput();
      } finally {
        input.interrupt();
      }
    }
  }

  private int copyOutput() throws IOException, InterruptedException {
    while (true) {
      switch (guest.take()) {
        case ExecOutput.Bytes piece -> {
          OutputStream to = piece.toStderr() ? client.stderr() : client.stdout();
          to.write(piece.bytes());
          guest.written(piece);
        }
        case ExecOutput.Exited(int code) -> {
          return code;
        }
        case ExecOutput.Broken(String why) -> throw new IOException(why);
      }
    }
  }

  private void copyInput() {
    byte[] buffer = new byte[GuestExec.PIECE_BYTES];
    InputStream from = client.stdin();
    try {
      int length = from.read(buffer);
      while (length >= 0 && guest.send(buffer, length)) {
        length = from.read(buffer);
      }
      guest.endInput();
    } catch (IOException e) {
      log.atDebug().setCause(e).log("The input of a command ended early");
      guest.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the command has ended
    }
  }
}
