package io.hiberlet.node;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command to run in a container.
 *
 * @param uid null when any pod of that name will do
 * @param command the command and its arguments; never empty
 * @param stdin whether the client has input for it
 * @param tty whether the client's streams are a terminal
 */
public record ExecRequest(
    String namespace,
    String pod,
    @Nullable String uid,
    String container,
    List<String> command,
    boolean stdin,
    boolean tty) {

  public ExecRequest {
    command = List.copyOf(command);
  }
}
