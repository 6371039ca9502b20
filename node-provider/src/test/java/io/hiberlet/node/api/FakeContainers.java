package io.hiberlet.node.api;

import io.hiberlet.node.ContainerAccess;
import io.hiberlet.node.ContainerRef;
import io.hiberlet.node.ExecRequest;
import io.hiberlet.node.ExecStreams;
import io.hiberlet.node.LogRequest;
import java.io.IOException;
import java.io.OutputStream;

/** Containers that do what a test tells them to. */
final class FakeContainers implements ContainerAccess {

  interface Logs {
    void write(LogRequest request, OutputStream to)
        throws NoSuchContainerException, IOException, InterruptedException;
  }

  interface Command {
    int run(ExecRequest request, ExecStreams streams)
        throws NoSuchContainerException, IOException, InterruptedException;
  }

  interface Attachment {
    void follow(ContainerRef container, boolean tty, ExecStreams streams)
        throws NoSuchContainerException, IOException, InterruptedException;
  }

  interface Checkpoint {
    String write(ContainerRef container) throws NoSuchContainerException, IOException;
  }

  volatile Logs logs = (request, to) -> {};
  volatile Command command = (request, streams) -> 0;
  volatile Attachment attachment = (container, tty, streams) -> {};
  volatile Checkpoint checkpoint = ContainerRef::toString;

  @Override
  public void logs(LogRequest request, OutputStream to)
      throws NoSuchContainerException, IOException, InterruptedException {
    logs.write(request, to);
  }

  @Override
  public int exec(ExecRequest request, ExecStreams streams)
      throws NoSuchContainerException, IOException, InterruptedException {
    return command.run(request, streams);
  }

  @Override
  public void attach(ContainerRef container, boolean tty, ExecStreams streams)
      throws NoSuchContainerException, IOException, InterruptedException {
    attachment.follow(container, tty, streams);
  }

  @Override
  public String checkpoint(ContainerRef container) throws NoSuchContainerException, IOException {
    return checkpoint.write(container);
  }
}
