package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.runtime.GuestSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Controllers as the agent runs them, without the pods that it runs them for. One thread. */
public final class BareControllers {
  private static final ControllerObserver NOBODY =
      new ControllerObserver() {
        @Override
        public void resident() {}

        @Override
        public void hibernated() {}

        @Override
        public void ended(Ending ending) {
          if (ending.exitCode() == 1) {
            System.err.println(ending);
          }
        }

        @Override
        public void trouble(String reason, String message) {
          System.err.println(reason + ": " + message);
        }
      };

  private final PodServices services;
  private final List<Controller> controllers = new ArrayList<>();

  public BareControllers(PodServices services) {
    this.services = services;
  }

  /** Begins the life of a pod's only controller. */
  public void start(PodSpec pod, String moduleDigest) {
    var spec = pod.controllers().getFirst();
    var controller =
        new Controller(
            new ControllerId(pod.key().uid(), spec.container()),
            moduleDigest,
            spec,
            services.parts(pod, spec, moduleDigest, 0),
            services.controllers(),
            NOBODY);
    controllers.add(controller);
    controller.start(new GuestSettings(spec.args(), Map.of()));
  }

  /** Ends them all and deletes what is stored of them. */
  public void deleteAll() {
    controllers.forEach(each -> each.stop(Duration.ZERO).toCompletableFuture().join());
    controllers.clear();
    SnapshotRepository snapshots = services.controllers().snapshots();
    snapshots.ids().forEach(snapshots::delete);
  }
}
