package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.ExecCommand;
import io.hiberlet.agent.hostio.GuestExec;
import io.hiberlet.node.ExecRequest;
import io.hiberlet.node.ExecStreams;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/** Gives the commands of clients to guests, so many at once. Thread-safe; calls block. */
final class GuestCommands {
  /** What waits in the streams of so many has a few tens of mebibytes at the most. */
  static final int MOST = 256;

  private final Semaphore places = new Semaphore(MOST);

  /**
   * Has a guest carry a command out.
   *
   * @return the exit code
   * @throws NoExecHandlerException when it carries out none
   * @throws IOException when the command ended without an exit code, or the client has gone
   */
  int run(Controller controller, ExecRequest request, ExecStreams client)
      throws NoExecHandlerException, IOException, InterruptedException {
    if (!places.tryAcquire()) {
      throw new IOException("%d commands are carried out on this node already".formatted(MOST));
    }
    try {
      ExecCommand command =
          new ExecCommand(request.command(), request.stdin(), request.tty(), false);
      return new GuestCommand(begin(controller, command), client).run(request.stdin());
    } finally {
      places.release();
    }
  }

  /** Nobody may be left with a command that nobody waits for. */
  private static GuestExec begin(Controller controller, ExecCommand command)
      throws NoExecHandlerException, IOException, InterruptedException {
    CompletableFuture<GuestExec> begun = controller.exec(command).toCompletableFuture();
    try {
      return begun.get();
    } catch (InterruptedException e) {
      var _ = begun.thenAccept(GuestExec::close);
      throw e;
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNull(e.getCause());
      if (cause instanceof NoExecHandlerException none) {
        throw none;
      }
      throw new IOException(cause.getMessage(), cause);
    }
  }
}
