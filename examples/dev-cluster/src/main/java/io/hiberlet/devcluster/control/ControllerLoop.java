package io.hiberlet.devcluster.control;

import io.hiberlet.devcluster.store.Change;
import io.hiberlet.devcluster.store.ObjectStore;
import io.hiberlet.devcluster.store.RevisionGoneException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs all controllers on one thread: each after every batch of changes that concerns it.
 * Controllers look at states, not at changes, so nothing is lost when it falls behind the store's
 * history.
 */
public final class ControllerLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControllerLoop.class);

  private final ObjectStore store;
  private final List<Controller> controllers;
  private final Thread thread;

  ControllerLoop(ObjectStore store, List<Controller> controllers) {
    this.store = store;
    this.controllers = controllers;
    this.thread = Thread.ofVirtual().name("controllers").unstarted(this::run);
  }

  /** Begins with a look at everything. */
  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    long seen = store.revision();
    controllers.forEach(ControllerLoop::reconcile);
    while (!Thread.currentThread().isInterrupted()) {
      try {
        List<Change> changes = store.awaitChanges(seen);
        seen = changes.getLast().revision();
        controllers.stream()
            .filter(controller -> changes.stream().anyMatch(controller::concerns))
            .forEach(ControllerLoop::reconcile);
      } catch (RevisionGoneException e) {
        seen = store.revision();
        controllers.forEach(ControllerLoop::reconcile);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void reconcile(Controller controller) {
    try {
      controller.reconcile();
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("controller", controller.getClass().getSimpleName())
          .setCause(e)
          .log("A controller failed; it is called again with the next change");
    }
  }
}
