package io.hiberlet.node.api.exec;

import io.hiberlet.node.ContainerAccess;
import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.ExecRequest;
import io.hiberlet.node.ExecStreams;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one command between a container and a client's streams, on the calling thread. */
public final class ExecSession {

  private static final Logger log = LoggerFactory.getLogger(ExecSession.class);

  private final ContainerAccess containers;

  public ExecSession(ContainerAccess containers) {
    this.containers = containers;
  }

  /**
   * Returns when the client has been told the end, or is gone.
   *
   * @throws InterruptedException when the client went away before
   */
  public void run(ExecRequest request, ExecTransport transport)
      throws IOException, InterruptedException {
    ExecStreams streams = transport.awaitStreams();
    transport.finish(execute(request, streams));
  }

  private ExecStatus execute(ExecRequest request, ExecStreams streams) throws InterruptedException {
    try {
      return ExecStatus.exited(containers.exec(request, streams));
    } catch (NoSuchContainerException e) {
      return ExecStatus.notFound(String.valueOf(e.getMessage()));
    } catch (IOException | RuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("the client has gone");
      }
      var entry =
          log.atInfo()
              .addKeyValue("pod", request.namespace() + "/" + request.pod())
              .addKeyValue("container", request.container())
              .addKeyValue("cause", e.getMessage());
      (e instanceof IOException ? entry : entry.setCause(e)).log("A command failed");
      return ExecStatus.failed(String.valueOf(e.getMessage()));
    }
  }
}
