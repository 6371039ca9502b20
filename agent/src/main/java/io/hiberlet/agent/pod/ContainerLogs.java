package io.hiberlet.agent.pod;

import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.LogRequest;
import io.hiberlet.node.log.ContainerLog;
import io.hiberlet.node.log.LogLimits;
import io.hiberlet.node.log.LogReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The logs of all containers on this node. Thread-safe. */
public final class ContainerLogs {
  private final PodFiles files;
  private final LogLimits limits;
  private final Map<ControllerId, ContainerLog> open = new ConcurrentHashMap<>();

  public ContainerLogs(PodFiles files, LogLimits limits) {
    this.files = files;
    this.limits = limits;
  }

  /**
   * Opens the log of a container's run; the caller closes it through {@link #close}.
   *
   * @param run how often the container was started before
   */
  ContainerLog open(ControllerId id, int run) throws IOException {
    ContainerLog log =
        ContainerLog.open(() -> files.logs(id.podUid(), id.container()), run, limits);
    open.put(id, log);
    return log;
  }

  void close(ControllerId id, ContainerLog log) throws IOException {
    open.remove(id, log);
    log.close();
  }

  /** Copies a container's log as asked for. Blocks, for as long as it is followed. */
  void copy(ControllerId id, LogRequest request, OutputStream to)
      throws NoSuchContainerException, IOException, InterruptedException {
    @Nullable ContainerLog live = open.get(id);
    if (live != null) {
      LogReader.copy(live, request, to);
    } else {
      LogReader.copy(files.logs(id.podUid(), id.container()), request, to);
    }
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
