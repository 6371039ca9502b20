package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.WasmModule;
import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.runtime.file.FileTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A module that was validated, compiled to bytecode and loaded, from which guests are made.
 * Thread-safe; all guests of one digest share it. The compiled classes are unloaded when nobody
 * holds it.
 */
public final class GuestModule {
  /** The contract between guests and this host, {@code docs/host-abi.md}. */
  public static final String ABI = "hiberlet:v1";

  private final InstanceFactory instances;
  private final GuestFailures failures;
  private final boolean initializes;
  private final boolean handlesExec;
  private final IdleStyle style;

  GuestModule(WasmModule module, Function<Instance, Machine> machine, ModuleLimits limits) {
    this.instances = new InstanceFactory(machine, module, limits);
    this.failures = new GuestFailures(new FunctionNames(module.nameSection()));
    this.style = IdleStyle.of(module);
    this.initializes =
        style != IdleStyle.COMMAND && ModuleChecks.exports(module, ModuleChecks.INITIALIZE);
    this.handlesExec = ModuleChecks.imports(module, HiberletCalls.EXEC_EXIT);
  }

  /**
   * Validates, compiles and loads a module in this process, all in memory: for programs that have
   * no more than this module to lose. An agent keeps what {@link GuestCompiler} makes in another
   * process, and loads that.
   *
   * @throws ModuleRefusedException when it is not a module that this host can run
   */
  public static GuestModule compile(byte[] wasm, ModuleLimits limits)
      throws ModuleRefusedException {
    var bytes = new ByteArrayOutputStream();
    try {
      GuestCompiler.compile(wasm, limits, bytes);
      var in = new ByteArrayInputStream(bytes.toByteArray());
      try (var artifact = ModuleArtifact.open(in, ArtifactManifest.sha256(wasm))) {
        return artifact.load(limits);
      }
    } catch (IOException | ArtifactException e) {
      throw new IllegalStateException("what was just compiled cannot be loaded", e);
    }
  }

  /** Whether its guests carry out commands. */
  public boolean handlesExec() {
    return handlesExec;
  }

  /** How its guests tell that they are idle. */
  public IdleStyle idleStyle() {
    return style;
  }

  /** Whether its guests are WASI commands: one wake runs them from beginning to end. */
  public boolean isCommand() {
    return style == IdleStyle.COMMAND;
  }

  /**
   * Begins a controller's life: instantiates the module, which runs its start section, and calls
   * {@code _initialize} if there is one. Does not wake the guest.
   *
   * @param calls answers the guest; called by the thread that runs it
   * @throws GuestTrapException when that trapped, or when the pod's limit is less than the memory
   *     that the module begins with
   */
  public Guest start(GuestEnvironment environment, HostCalls calls)
      throws GuestTrapException, GuestExitException {
    if (instances.initialMemoryBytes() > environment.memoryLimitBytes()) {
      throw new GuestTrapException(tooLittleMemory(environment));
    }
    var clock = GuestClock.starting();
    var asyncify = asyncify(environment, calls, clock);
    var hiberlet = new HiberletCalls(calls, asyncify, clock);
    var files = new OpenFiles(new FileTree(environment.mounts()), List.of());
    var idle = idleDescriptor(environment, calls);
    var wasi = new WasiCalls(environment, clock, files, idle, asyncify);
    var prototype = prototype(calls, false);
    var imports = HostImports.values(hiberlet, wasi, asyncify, prototype);
    boolean begun = false;
    try {
      Instance instance =
          failures.guard(() -> instances.start(imports, environment.memoryLimitBytes()));
      if (initializes) {
        failures.guard(instance, () -> instance.export(ModuleChecks.INITIALIZE).apply());
      }
      hiberlet.endWake();
      begun = true;
      return new ChicoryGuest(
          this,
          instance,
          hiberlet,
          clock,
          environment.settings(),
          files,
          idle,
          entry(asyncify, prototype),
          failures);
    } finally {
      if (!begun) {
        files.close();
      }
    }
  }

  /**
   * Goes on from a state in a new instance, with the settings that are in it. No guest code runs.
   *
   * @throws GuestStateException when the state is not one of this module, or needs more memory than
   *     the limit allows
   */
  public Guest resume(GuestEnvironment environment, HostCalls calls, GuestState state)
      throws GuestStateException {
    if (instances.initialMemoryBytes() > environment.memoryLimitBytes()) {
      throw new GuestStateException(tooLittleMemory(environment));
    }
    var clock = GuestClock.resuming(state.monotonicNanos(), state.capturedAt());
    var asyncify = asyncify(environment, calls, clock);
    var hiberlet = new HiberletCalls(calls, asyncify, clock);
    var files = new OpenFiles(new FileTree(environment.mounts()), state.descriptors());
    var idle = idleDescriptor(environment, calls);
    var wasi = new WasiCalls(environment.with(state.settings()), clock, files, idle, asyncify);
    var prototype = prototype(calls, true);
    var imports = HostImports.values(hiberlet, wasi, asyncify, prototype);
    Instance instance = instances.resume(imports, environment.memoryLimitBytes());
    StateRestore.restore(instance, state);
    return new ChicoryGuest(
        this,
        instance,
        hiberlet,
        clock,
        state.settings(),
        files,
        idle,
        entry(asyncify, prototype),
        failures);
  }

  /**
   * The same, only to be looked at: it is never woken, and there is nothing around it.
   *
   * @throws GuestStateException as {@link #resume}
   */
  public Guest copy(GuestState state, long memoryLimitBytes) throws GuestStateException {
    OutputStream nowhere = OutputStream.nullOutputStream();
    return resume(
        new GuestEnvironment(state.settings(), List.of(), nowhere, nowhere, memoryLimitBytes),
        new AbsentCalls(),
        state);
  }

  private @Nullable IdleDescriptor idleDescriptor(GuestEnvironment environment, HostCalls calls) {
    return style == IdleStyle.IDLE_DESCRIPTOR
        ? new IdleDescriptor(calls, environment.timerSlack())
        : null;
  }

  private @Nullable Asyncify asyncify(
      GuestEnvironment environment, HostCalls calls, GuestClock clock) {
    return style == IdleStyle.ASYNCIFY
        ? new Asyncify(calls, clock, environment.timerSlack())
        : null;
  }

  private @Nullable Prototype prototype(HostCalls calls, boolean begun) {
    return style == IdleStyle.PROTOTYPE ? new Prototype(calls, begun) : null;
  }

  private WakeEntry entry(@Nullable Asyncify asyncify, @Nullable Prototype prototype) {
    return switch (style) {
      case EVENT_LOOP, IDLE_DESCRIPTOR -> WakeEntry.calling(ModuleChecks.WAKE, false);
      case COMMAND -> WakeEntry.calling(ModuleChecks.COMMAND, true);
      case ASYNCIFY -> Objects.requireNonNull(asyncify);
      case PROTOTYPE -> Objects.requireNonNull(prototype);
    };
  }

  private String tooLittleMemory(GuestEnvironment environment) {
    return "the module begins with %d bytes of memory, more than the limit of %d"
        .formatted(instances.initialMemoryBytes(), environment.memoryLimitBytes());
  }
}
