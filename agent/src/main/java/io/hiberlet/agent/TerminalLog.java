package io.hiberlet.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A guest's log on the terminal: its standard output on this program's, its errors on this
 * program's errors, marked by a colour where a person looks. Thread-safe.
 */
final class TerminalLog {
  private static final byte[] YELLOW = "\u001b[33m".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FAINT = "\u001b[2m".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PLAIN = "\u001b[0m".getBytes(StandardCharsets.US_ASCII);

  private final PrintStream out;
  private final PrintStream err;
  private final boolean colours;

  TerminalLog(PrintStream out, PrintStream err, boolean colours) {
    this.out = out;
    this.err = err;
    this.colours = colours;
  }

  /** Takes the guest's standard output. */
  OutputStream stdout() {
    return new Writes(out, false);
  }

  /** Takes the guest's standard errors. */
  OutputStream stderr() {
    return new Writes(err, colours);
  }

  /** Says something of the host's own. */
  void say(String text) {
    byte[] line = ("hiberlet: " + text + "\n").getBytes(StandardCharsets.UTF_8);
    write(err, colours ? FAINT : new byte[0], line, 0, line.length);
  }

  private static void write(PrintStream to, byte[] mark, byte[] bytes, int offset, int length) {
    synchronized (to) {
      to.write(mark, 0, mark.length);
      to.write(bytes, offset, length);
      if (mark.length > 0) {
        to.write(PLAIN, 0, PLAIN.length);
      }
      to.flush();
    }
  }

  /** Passes each write on at once. */
  private static final class Writes extends OutputStream {
    private final PrintStream to;
    private final byte[] mark;

    Writes(PrintStream to, boolean marked) {
      this.to = to;
      this.mark = marked ? YELLOW : new byte[0];
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      TerminalLog.write(to, mark, bytes, offset, length);
    }
  }
}
