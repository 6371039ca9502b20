package io.hiberlet.node.api.exec;

import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.ContainerRef;
import io.hiberlet.node.ExecStreams;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens between a container and a client's streams, on the calling thread, until the client
 * has been told the end.
 *
 * @param container for the log
 */
public record ExecSession(ContainerRef container, Work work) {

  private static final Logger log = LoggerFactory.getLogger(ExecSession.class);

  /** What the streams are for. */
  @FunctionalInterface
  public interface Work {
    /** Uses the streams; returns the exit code. */
    int run(ExecStreams streams) throws NoSuchContainerException, IOException, InterruptedException;
  }

  /**
   * Returns when the client has been told the end, or is gone.
   *
   * @throws InterruptedException when the client went away before
   */
  public void run(ExecTransport transport) throws IOException, InterruptedException {
    ExecStreams streams = transport.awaitStreams();
    transport.finish(execute(streams));
  }

  private ExecStatus execute(ExecStreams streams) throws InterruptedException {
    try {
      return ExecStatus.exited(work.run(streams));
    } catch (NoSuchContainerException e) {
      return ExecStatus.notFound(String.valueOf(e.getMessage()));
    } catch (IOException | RuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("the client has gone");
      }
      var entry =
          log.atInfo().addKeyValue("container", container).addKeyValue("cause", e.getMessage());
      (e instanceof IOException ? entry : entry.setCause(e)).log("A command failed");
      return ExecStatus.failed(String.valueOf(e.getMessage()));
    }
  }
}
