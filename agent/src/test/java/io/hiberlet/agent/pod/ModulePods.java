package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.module.PullListener;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.agent.settings.ResolvedSettings;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.object.FakePodObjects;
import io.hiberlet.node.object.PodObjects;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/** Pods that all run one module, which is there, and whose logs nobody keeps. */
public final class ModulePods implements PodServices {
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  /** Opens what a controller asks of its host. */
  @FunctionalInterface
  public interface Opening {
    ControllerOperations open(PodKey pod, OperationsState state, OperationsListener listener);
  }

  private final ControllerServices services;
  private final GuestModule module;
  private final Opening operations;
  private final UnaryOperator<HostCalls> between;
  private final Executor loading;

  /**
   * @param between what stands between guests and their host
   * @param loading says when a module has come
   */
  public ModulePods(
      ControllerServices services,
      GuestModule module,
      Opening operations,
      UnaryOperator<HostCalls> between,
      Executor loading) {
    this.services = services;
    this.module = module;
    this.operations = operations;
    this.between = between;
    this.loading = loading;
  }

  @Override
  public ControllerServices controllers() {
    return services;
  }

  @Override
  public CompletionStage<String> fetchModule(
      PodKey pod, ControllerSpec spec, PullListener listener) {
    return CompletableFuture.supplyAsync(() -> DIGEST, loading);
  }

  @Override
  public CompletionStage<ResolvedSettings> configure(PodKey pod, ControllerSpec spec) {
    GuestSettings settings = new GuestSettings(List.of("guest"), Map.of());
    return CompletableFuture.completedFuture(new ResolvedSettings(settings, List.of()));
  }

  @Override
  public Executor blocking() {
    return loading;
  }

  @Override
  public PodObjects objects() {
    return new FakePodObjects();
  }

  @Override
  public ControllerParts parts(PodSpec pod, ControllerSpec spec, String moduleDigest, int run) {
    return new Parts(pod.key(), spec.memoryLimitBytes());
  }

  private final class Parts implements ControllerParts, GuestSource {
    private final PodKey pod;
    private final long memoryLimitBytes;

    Parts(PodKey pod, long memoryLimitBytes) {
      this.pod = pod;
      this.memoryLimitBytes = memoryLimitBytes;
    }

    @Override
    public CompletionStage<GuestSource> loadModule() {
      return CompletableFuture.supplyAsync(() -> this, loading);
    }

    @Override
    public ControllerOperations openOperations(OperationsState state, OperationsListener listener) {
      return operations.open(pod, state, listener);
    }

    @Override
    public boolean handlesExec() {
      return module.handlesExec();
    }

    @Override
    public Guest start(GuestSettings settings, HostCalls calls)
        throws GuestTrapException, GuestExitException {
      return module.start(environment(settings), between.apply(calls));
    }

    @Override
    public Guest resume(HostCalls calls, GuestState state) throws GuestStateException {
      return module.resume(environment(GuestSettings.NONE), between.apply(calls), state);
    }

    @Override
    public Guest copy(GuestState state) throws GuestStateException {
      return module.copy(state, memoryLimitBytes);
    }

    @Override
    public void rest() {}

    @Override
    public void close() {}

    private GuestEnvironment environment(GuestSettings settings) {
      return new GuestEnvironment(
          settings,
          List.of(),
          OutputStream.nullOutputStream(),
          OutputStream.nullOutputStream(),
          memoryLimitBytes);
    }
  }
}
