package io.hiberlet.node;

import java.io.IOException;
import java.io.OutputStream;

/**
 * What the kubelet API reaches inside the pods. Every call runs on a virtual thread of its own and
 * may block; it is interrupted, and its streams fail, when the client goes away.
 */
public interface ContainerAccess {

  /**
   * Writes a container's log as the client is to see it; returns at its end, or, when following, at
   * the container's end.
   *
   * @throws NoSuchContainerException when there is no such pod or container here
   */
  void logs(LogRequest request, OutputStream to)
      throws NoSuchContainerException, IOException, InterruptedException;

  /**
   * Runs a command in a container.
   *
   * @return the exit code; 0 is success
   * @throws NoSuchContainerException when there is no such pod or container here
   */
  int exec(ExecRequest request, ExecStreams streams)
      throws NoSuchContainerException, IOException, InterruptedException;

  /**
   * Writes what a container prints from now on as it comes, without waking it; returns at the
   * container's end. What the client sends is of no concern.
   *
   * @param tty whether the client's streams are a terminal: then all goes to its output
   * @throws NoSuchContainerException when there is no such pod or container here, or it does not
   *     run
   */
  void attach(ContainerRef container, boolean tty, ExecStreams streams)
      throws NoSuchContainerException, IOException, InterruptedException;

  /**
   * Writes the state of a container down, so that it could go on from there.
   *
   * @return the name of what was written
   * @throws NoSuchContainerException when there is no such pod or container here
   * @throws IOException when it was not written, with a sentence for the user
   */
  String checkpoint(ContainerRef container)
      throws NoSuchContainerException, IOException, InterruptedException;

  /** Checked because a client's mistake must become a 404, never a crash. */
  final class NoSuchContainerException extends Exception {
    private static final long serialVersionUID = 1L;

    public NoSuchContainerException(String message) {
      super(message);
    }
  }
}
