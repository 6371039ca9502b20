package io.hiberlet.agent.pod;

import io.hiberlet.node.ExecStreams;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where the agent's own answer to a command goes.
 *
 * @param bytes the client's output as it is
 * @param out the same, for text
 * @param err for text; a terminal has no other stream than its output
 */
record Answer(OutputStream bytes, PrintStream out, PrintStream err) {

  static Answer to(ExecStreams client, boolean terminal) {
    PrintStream out = text(terminal ? ofTerminal(client.stdout()) : client.stdout());
    return new Answer(client.stdout(), out, terminal ? out : text(client.stderr()));
  }

  /** Text to a terminal in which the client has taken over the returns, as kubectl does. */
  static OutputStream ofTerminal(OutputStream terminal) {
    return new RawTerminal(terminal);
  }

  private static PrintStream text(OutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  /** A terminal that the client has taken out of its usual mode does not return by itself. */
  private static final class RawTerminal extends FilterOutputStream {
    RawTerminal(OutputStream terminal) {
      super(terminal);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] text, int offset, int length) throws IOException {
      ByteArrayOutputStream returned = new ByteArrayOutputStream(length);
      for (int i = offset; i < offset + length; i++) {
        if (text[i] == '\n') {
          returned.write('\r');
        }
        returned.write(text[i]);
      }
      out.write(returned.toByteArray());
    }
  }
}
