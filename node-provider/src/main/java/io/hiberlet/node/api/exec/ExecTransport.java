package io.hiberlet.node.api.exec;

import io.hiberlet.node.ExecStreams;
import java.io.IOException;

/**
 * An upgraded connection that carries the streams of one command. Used by the virtual thread that
 * runs the command, which blocks here and is interrupted when the client goes away.
 */
public interface ExecTransport {

  /**
   * The client's streams, as soon as it has opened all of them.
   *
   * @throws IOException when it does not in time
   */
  ExecStreams awaitStreams() throws IOException, InterruptedException;

  /** Drops what the client sends, now and later, as nobody reads it. */
  void ignoreInput();

  /** Ends the streams, tells how the command ended, and gives the client time to read it all. */
  void finish(ExecStatus status) throws IOException, InterruptedException;
}
