package io.hiberlet.agent.pod;

import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.LogRequest;
import io.hiberlet.node.log.ContainerLog;
import io.hiberlet.node.log.LogReader;
import io.hiberlet.node.log.LogStore;
import io.hiberlet.node.log.NextRun;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The logs of all containers on this node. Thread-safe. */
public final class ContainerLogs {
  private static final long LOOK_AGAIN_MILLIS = 1000;

  private final PodFiles files;
  private final LogStore store;
  private final Map<ControllerId, ContainerLog> open = new ConcurrentHashMap<>();

  /** Notified when a run begins. */
  private final Object opened = new Object();

  public ContainerLogs(PodFiles files, LogStore store) {
    this.files = files;
    this.store = store;
  }

  /**
   * Opens the log of a container's run; the caller closes it through {@link #close}.
   *
   * @param run how often the container was started before
   */
  ContainerLog open(ControllerId id, int run) throws IOException {
    ContainerLog log = store.open(() -> files.logs(id.podUid(), id.container()), run);
    open.put(id, log);
    synchronized (opened) {
      opened.notifyAll();
    }
    return log;
  }

  void close(ControllerId id, ContainerLog log) throws IOException {
    try {
      log.close();
    } finally {
      open.remove(id, log);
    }
  }

  /**
   * Copies a container's log as asked for. Blocks, for as long as it is followed: until the
   * container has ended and does not begin anew. (A kubelet ends with each run; its users start
   * {@code kubectl logs -f} again and again.)
   *
   * @param mayBeginAgain whether a container that does not run now may be started
   */
  void copy(
      ControllerId id,
      LogRequest request,
      Supplier<CompletionStage<Boolean>> mayBeginAgain,
      OutputStream to)
      throws NoSuchContainerException, IOException, InterruptedException {
    NextRun next = ended -> awaitRun(id, ended, mayBeginAgain);
    @Nullable ContainerLog live = open.get(id);
    if (live != null) {
      LogReader.copy(live, request, next, to);
    } else {
      LogReader.copy(files.logs(id.podUid(), id.container()), request, next, to);
    }
  }

  /**
   * What may be is looked at once a second: it is rare that somebody waits, and seldom for long.
   */
  private @Nullable ContainerLog awaitRun(
      ControllerId id, int ended, Supplier<CompletionStage<Boolean>> mayBeginAgain)
      throws InterruptedException {
    while (true) {
      @Nullable ContainerLog begun = laterRun(id, ended);
      if (begun != null) {
        return begun;
      }
      if (isOver(mayBeginAgain.get())) {
        return laterRun(id, ended); // it may have come meanwhile
      }
      synchronized (opened) {
        if (laterRun(id, ended) == null) {
          opened.wait(LOOK_AGAIN_MILLIS);
        }
      }
    }
  }

  private static boolean isOver(CompletionStage<Boolean> mayBeginAgain)
      throws InterruptedException {
    try {
      return !mayBeginAgain.toCompletableFuture().get(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false; // its pod is busy
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot tell whether a container begins again", e);
    }
  }

  private @Nullable ContainerLog laterRun(ControllerId id, int ended) {
    @Nullable ContainerLog log = open.get(id);
    return log != null && log.run() > ended ? log : null;
  }

  /**
   * Copies what a container writes from now on. Blocks until its end.
   *
   * @throws NoSuchContainerException when it does not run
   */
  void follow(ControllerId id, OutputStream stdout, OutputStream stderr)
      throws NoSuchContainerException, IOException, InterruptedException {
    @Nullable ContainerLog live = open.get(id);
    if (live == null) {
      throw new NoSuchContainerException("container %s does not run now".formatted(id.container()));
    }
    LogReader.follow(live, stdout, stderr);
  }
}
