package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.node.log.ContainerLog;
import io.hiberlet.node.log.Stream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real parts of one life of one controller. Used by the controller's owner only. */
final class LiveParts implements ControllerParts {
  private static final Logger logger = LoggerFactory.getLogger(LiveParts.class);

  private final ControllerId id;
  private final ControllerSpec spec;
  private final int run;
  private final String moduleDigest;
  private final PodToken token;
  private final @Nullable MountedVolumes volumes;
  private final Controllers agent;
  private @Nullable ContainerLog log;

  /**
   * @param run how often the container was started before
   * @param token of the pod's identity
   * @param volumes that it has mounted; null for none, as with most
   * @param agent has the modules, the logs and the way to the API server
   */
  LiveParts(
      ControllerId id,
      ControllerSpec spec,
      int run,
      String moduleDigest,
      PodToken token,
      @Nullable MountedVolumes volumes,
      Controllers agent) {
    this.id = id;
    this.spec = spec;
    this.run = run;
    this.moduleDigest = moduleDigest;
    this.token = token;
    this.volumes = volumes;
    this.agent = agent;
  }

  @Override
  public CompletionStage<GuestSource> loadModule() {
    return agent
        .load(moduleDigest)
        .thenApply(loaded -> new ModuleGuests(loaded, this::environment, spec.memoryLimitBytes()));
  }

  @Override
  public ControllerOperations openOperations(OperationsState state, OperationsListener listener) {
    openLog(); // those who follow it may come before its first line
    return agent.open(state, token, listener);
  }

  @Override
  public void tellTrouble(TroubleListener listener) {
    token.tellTrouble(listener);
    if (volumes != null) {
      volumes.tellTrouble(listener);
    }
  }

  @Override
  public void rest() {
    leaveVolumes();
    ContainerLog open = log;
    if (open != null) {
      attempt(open::park);
    }
  }

  @Override
  public void close() {
    leaveVolumes();
    ContainerLog open = log;
    if (open != null) {
      attempt(() -> agent.logs().close(id, open));
    }
  }

  private void leaveVolumes() {
    if (volumes != null) {
      volumes.rest();
    }
  }

  private ContainerLog openLog() {
    ContainerLog open = log;
    if (open != null) {
      return open;
    }
    try {
      ContainerLog opened = agent.logs().open(id, run);
      log = opened;
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the log of " + id, e);
    }
  }

  private GuestEnvironment environment(GuestSettings settings) {
    ContainerLog to = openLog();
    return new GuestEnvironment(
        settings,
        volumes == null ? List.of() : volumes.mounts(settings.env()),
        to.stream(Stream.STDOUT),
        to.stream(Stream.STDERR),
        spec.memoryLimitBytes(),
        spec.timerSlack());
  }

  private void attempt(LogWork work) {
    try {
      work.run();
    } catch (IOException e) {
      logger.atWarn().addKeyValue("controller", id).setCause(e).log("A log was not closed well");
    }
  }

  private interface LogWork {
    void run() throws IOException;
  }
}
