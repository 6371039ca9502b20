package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ContainerRole;
import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.ImagePull;
import io.hiberlet.agent.admission.ProbeSpecs;
import io.hiberlet.agent.admission.RestartPolicy;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.TokenSource;
import io.hiberlet.agent.module.ModuleDigest;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.GuestSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One controller without a pod and without a node, run as any other: on a developer's machine. It
 * is put to sleep after each wake, if anything is. Thread-safe.
 */
public final class LocalController {
  private static final ControllerId ID = new ControllerId("local", "local");

  private final Controller controller;
  private final GuestEnvironment environment;
  private final CompletableFuture<End> end = new CompletableFuture<>();

  /** Hears how it fares; called by one thread at a time, and must not block for long. */
  public interface Listener {
    /** It is in memory. */
    void awake();

    /**
     * It has come to rest, and is on the disk.
     *
     * @param counters since its start
     */
    void asleep(ControllerStatus.Counters counters);

    /** Something failed that it survived. */
    void trouble(String reason, String message);
  }

  /**
   * How it ended.
   *
   * @param exitCode 0 for success
   * @param reason as {@code kubectl} shows it
   * @param message a sentence for a person; empty when there is nothing to say
   */
  public record End(int exitCode, String reason, String message) {}

  /**
   * @param environment what its guest finds around it
   * @param token who asks the API server
   */
  public LocalController(
      ModuleDigest digest,
      GuestModule module,
      GuestEnvironment environment,
      HostIo hostIo,
      TokenSource token,
      ControllerServices services,
      Listener listener) {
    this.environment = environment;
    GuestSource guests =
        new ModuleGuests(module, any -> environment, environment.memoryLimitBytes());
    this.controller =
        new Controller(
            ID,
            digest.toString(),
            spec(environment),
            new LocalParts(guests, hostIo, token),
            services,
            new Observer(listener));
  }

  private static ControllerSpec spec(GuestEnvironment environment) {
    return new ControllerSpec(
        ID.container(),
        ContainerRole.MAIN,
        RestartPolicy.NEVER,
        null,
        "local",
        ImagePull.DEFAULT,
        List.of(),
        List.of(),
        null,
        List.of(),
        environment.memoryLimitBytes(),
        null,
        ProbeSpecs.NONE,
        Duration.ZERO,
        environment.timerSlack());
  }

  /** Begins its life. */
  public void start() {
    GuestSettings settings = environment.settings();
    controller.start(settings);
  }

  /** Ends its life: it is told, and discarded when the grace is over. */
  public void stop(Duration grace) {
    var _ = controller.stop(grace);
  }

  /** Completes when it has ended, by itself or because it was stopped. */
  public CompletionStage<End> ended() {
    return end;
  }

  private final class Observer implements ControllerObserver {
    private final Listener listener;

    Observer(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void resident() {
      listener.awake();
    }

    @Override
    public void hibernated() {
      var _ = controller.status().thenAccept(status -> listener.asleep(status.counters()));
    }

    @Override
    public void ended(Ending ending) {
      end.complete(new End(ending.exitCode(), ending.reason(), ending.message()));
    }

    @Override
    public void trouble(String reason, String message) {
      listener.trouble(reason, message);
    }
  }
}
