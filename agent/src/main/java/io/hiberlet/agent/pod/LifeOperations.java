package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.OperationInfo;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import java.util.List;
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
   * now: they may have been further than the snapshot is.
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
            if (news == this) {
              life.positionMoved(operation, resourceVersion);
            }
          });
    }
  }
}
