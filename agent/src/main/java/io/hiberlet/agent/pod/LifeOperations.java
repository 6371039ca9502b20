package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.ExecCommand;
import io.hiberlet.agent.hostio.ExecRefusedException;
import io.hiberlet.agent.hostio.GuestExec;
import io.hiberlet.agent.hostio.OperationInfo;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one life of a controller, open or not; their news are brought to its owner.
 * Used by the owner only.
 */
final class LifeOperations {
  private final Executor owner;
  private final OperationsListener life;
  private @Nullable News news;
  private @Nullable ControllerOperations operations;

  /**
   * @param life hears the news, on the owner
   */
  LifeOperations(Executor owner, OperationsListener life) {
    this.owner = owner;
    this.life = life;
  }

  /** Opens them, going on from a state; what fails leaves them closed. */
  void open(ControllerParts parts, OperationsState from) {
    news = new News();
    operations = parts.openOperations(from, news);
  }

  boolean areOpen() {
    return operations != null;
  }

  /** Whether they are open and have nothing for the guest. */
  boolean areQuiet() {
    return operations != null && !operations.hasCompletions();
  }

  /** Those that are open. */
  ControllerOperations open() {
    ControllerOperations opened = operations;
    if (opened == null) {
      throw new IllegalStateException("the operations are closed");
    }
    return opened;
  }

  /**
   * Gives the guest a command once it is known that it handles commands, if they are open then.
   *
   * @param source the guest's module, as soon as it is loaded
   * @param begun gets the command, or why there is none
   */
  void exec(
      CompletionStage<GuestSource> source,
      ExecCommand command,
      CompletableFuture<GuestExec> begun) {
    source.whenCompleteAsync(
        (module, failure) -> {
          try {
            if (failure != null) {
              throw new ExecRefusedException(StartFailure.of(failure).message());
            }
            begun.complete(exec(module.handlesExec(), command));
          } catch (NoExecHandlerException | ExecRefusedException e) {
            begun.completeExceptionally(e);
          }
        },
        owner);
  }

  /**
   * Gives the guest a command.
   *
   * @param handled whether it handles commands
   */
  GuestExec exec(boolean handled, ExecCommand command)
      throws NoExecHandlerException, ExecRefusedException {
    if (!handled) {
      throw new NoExecHandlerException();
    }
    if (operations == null) {
      throw new ExecRefusedException("the controller has ended, or waits to be tried again");
    }
    return operations.exec(command);
  }

  /** What is open now, for a person. */
  List<OperationInfo> describe() {
    return operations == null ? List.of() : operations.describe();
  }

  /** Closes them, if they are open. */
  void close() {
    if (operations != null) {
      operations.close();
      operations = null;
      news = null;
    }
  }

  /**
   * What comes from one opening. Nothing counts that was said of operations which are closed by
   * now: they may have been further than the snapshot is. Nor does a position that the watch has
   * left meanwhile: the snapshot may be further than that, and the guest would read lines twice.
   */
  private final class News implements OperationsListener {
    @Override
    public void completionsWaiting() {
      owner.execute(life::completionsWaiting);
    }

    @Override
    public void positionMoved(long operation, String resourceVersion) {
      owner.execute(
          () -> {
            if (news == this && open().isAt(operation, resourceVersion)) {
              life.positionMoved(operation, resourceVersion);
            }
          });
    }
  }
}
