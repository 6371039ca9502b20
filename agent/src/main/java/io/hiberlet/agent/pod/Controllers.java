package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.ImagePull;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.hostio.TokenSource;
import io.hiberlet.agent.module.ModuleDigest;
import io.hiberlet.agent.module.ModuleReference;
import io.hiberlet.agent.module.Modules;
import io.hiberlet.agent.module.PullListener;
import io.hiberlet.agent.module.PullRequest;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.settings.ResolvedSettings;
import io.hiberlet.agent.settings.SettingsResolver;
import io.hiberlet.agent.settings.SubPaths;
import io.hiberlet.agent.volume.PodVolumes;
import io.hiberlet.agent.volume.VolumesOfPod;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.client.PodResources;
import io.hiberlet.node.client.ServiceAccountToken;
import io.hiberlet.node.object.PodObjects;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Puts controllers together from the real parts of this agent. Thread-safe; what blocks runs on the
 * executor for that.
 */
public final class Controllers implements PodServices {
  private static final Duration TOKEN_LIFE = Duration.ofHours(1);

  private final ControllerServices services;
  private final Modules modules;
  private final HostIo hostIo;
  private final PodResources resources;
  private final ContainerLogs logs;
  private final PodObjects objects;
  private final SettingsResolver settings;
  private final PodVolumes volumes;
  private final Executor blocking;

  public Controllers(
      ControllerServices services,
      Modules modules,
      HostIo hostIo,
      PodResources resources,
      PodObjects objects,
      PodVolumes volumes,
      ContainerLogs logs,
      Executor blocking) {
    this.services = services;
    this.modules = modules;
    this.hostIo = hostIo;
    this.resources = resources;
    this.objects = objects;
    this.settings = new SettingsResolver(objects);
    this.volumes = volumes;
    this.logs = logs;
    this.blocking = blocking;
  }

  @Override
  public ControllerServices controllers() {
    return services;
  }

  @Override
  public CompletionStage<String> fetchModule(
      PodKey pod, ControllerSpec spec, PullListener listener) {
    return blocking(
        () -> {
          ModuleReference reference =
              ModuleReference.parse(pod.namespace(), spec.moduleAnnotation(), spec.image());
          ImagePull pull = spec.imagePull();
          ModuleDigest digest =
              modules.fetch(
                  reference,
                  new PullRequest(pod.namespace(), pull.policy(), pull.secrets(), listener));
          modules.load(digest);
          return digest.toString();
        });
  }

  @Override
  public CompletionStage<ResolvedSettings> configure(PodKey pod, ControllerSpec spec) {
    if (spec.mounts().isEmpty()) {
      return blocking(() -> settings.resolve(spec));
    }
    VolumesOfPod own = volumes.of(pod); // now, when nobody has forgotten the pod
    return blocking(
        () -> {
          own.write(spec.mounts());
          ResolvedSettings resolved = settings.resolve(spec);
          own.makeSubPaths(SubPaths.expand(spec.mounts(), resolved.settings().env()));
          return resolved;
        });
  }

  @Override
  public Executor blocking() {
    return blocking;
  }

  @Override
  public PodObjects objects() {
    return objects;
  }

  @Override
  public ControllerParts parts(PodSpec pod, ControllerSpec spec, String moduleDigest, int run) {
    PodToken token =
        new PodToken(
            () -> requestToken(pod.key(), pod.serviceAccount()), blocking, services.clock());
    return new LiveParts(
        new ControllerId(pod.key().uid(), spec.container()),
        spec,
        run,
        moduleDigest,
        token,
        spec.mounts().isEmpty() ? null : new MountedVolumes(volumes, pod.key(), spec.mounts()),
        this);
  }

  /** A module that was fetched before. */
  CompletionStage<GuestModule> load(String moduleDigest) {
    return blocking(() -> modules.load(new ModuleDigest(moduleDigest)));
  }

  /** Takes up a controller's operations. */
  ControllerOperations open(OperationsState state, TokenSource token, OperationsListener listener) {
    return hostIo.open(state, token, listener);
  }

  ContainerLogs logs() {
    return logs;
  }

  private PodToken.Token requestToken(PodKey pod, String serviceAccount) throws Exception {
    if (serviceAccount.isEmpty()) {
      throw new IOException("a static pod has no service account");
    }
    ServiceAccountToken granted = resources.requestToken(pod, serviceAccount, TOKEN_LIFE);
    return new PodToken.Token(granted.value(), services.clock().instant(), granted.expiresAt());
  }

  private <T> CompletionStage<T> blocking(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    blocking.execute(
        () -> {
          try {
            result.complete(work.call());
          } catch (Exception e) { // whatever it is, it is the result
            result.completeExceptionally(e);
          }
        });
    return result;
  }
}
