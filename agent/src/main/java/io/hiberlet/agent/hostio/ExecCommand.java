package io.hiberlet.agent.hostio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A command that a guest is to carry out.
 *
 * @param arguments the command and its arguments; never empty
 * @param stdin whether there is input
 * @param terminal whether its streams are a terminal, which has one stream for output and errors
 * @param quiet whether it is none of the controller's business, such as a probe: then neither the
 *     command nor what the guest begins on account of it counts as activity
 */
public record ExecCommand(List<String> arguments, boolean stdin, boolean terminal, boolean quiet) {
  private static final int FLAG_STDIN = 1;
  private static final int FLAG_TERMINAL = 2;
  private static final int MOST_BYTES = 64 << 10;

  public ExecCommand {
    arguments = List.copyOf(arguments);
  }

  /**
   * The payload of the event: the flags, and each argument with a NUL after it.
   *
   * @throws ExecRefusedException when there is no such payload for these arguments
   */
  byte[] encode() throws ExecRefusedException {
    var bytes = new ByteArrayOutputStream();
    int flags = (stdin ? FLAG_STDIN : 0) | (terminal ? FLAG_TERMINAL : 0);
    bytes.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(flags).array());
    for (String argument : arguments) {
      if (argument.indexOf('\0') >= 0) {
        throw new ExecRefusedException("an argument has a NUL character");
      }
      bytes.writeBytes(argument.getBytes(StandardCharsets.UTF_8));
      bytes.write(0);
      if (bytes.size() > MOST_BYTES) {
        throw new ExecRefusedException("the arguments have more than " + MOST_BYTES + " bytes");
      }
    }
    return bytes.toByteArray();
  }
}
