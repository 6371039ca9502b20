package io.hiberlet.agent.runtime;

import com.dylibso.chicory.log.Logger;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasi.WasiOptions;
import com.dylibso.chicory.wasi.WasiPreview1;
import com.dylibso.chicory.wasi.WasiPreview1_ModuleFactory;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * WASI preview 1 for one guest: Chicory's, but for what must survive hibernation. The monotonic
 * clock is the guest's own, the three standard descriptors cannot be closed or renumbered, and
 * files, where a guest has any, are {@link WasiFiles}.
 */
final class WasiCalls {
  static final String MODULE = "wasi_snapshot_preview1";

  private static final int CLOCK_MONOTONIC = 1;
  private static final int STANDARD_DESCRIPTORS = 3;
  private static final long SUCCESS = 0;
  private static final long BADF = 8;
  private static final long NOTSUP = 58;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final GuestEnvironment environment;
  private final GuestClock clock;
  private final OpenFiles files;
  private final @Nullable IdleDescriptor idle;
  private final @Nullable Asyncify asyncify;

  /**
   * @param idle null for a guest that has none
   * @param asyncify null for a guest that does not block
   */
  WasiCalls(
      GuestEnvironment environment,
      GuestClock clock,
      OpenFiles files,
      @Nullable IdleDescriptor idle,
      @Nullable Asyncify asyncify) {
    this.environment = environment;
    this.clock = clock;
    this.files = files;
    this.idle = idle;
    this.asyncify = asyncify;
  }

  List<HostFunction> functions() {
    Map<String, WasmFunctionHandle> own =
        Map.of(
            "fd_close",
            (instance, args) -> new long[] {refuseChange((int) args[0])},
            "fd_renumber",
            (instance, args) -> new long[] {refuseChange(Math.max((int) args[0], (int) args[1]))},
            "poll_oneoff",
            new PollOneoff(clock, idle, asyncify));
    List<HostFunction> functions =
        Stream.of(WasiPreview1_ModuleFactory.toHostFunctions(chicory()))
            .filter(function -> !function.name().startsWith("adapter_"))
            .map(
                function -> replaced(function, own.getOrDefault(function.name(), handle(function))))
            .toList();
    List<HostFunction> all = files.tree().isEmpty() ? functions : withFiles(functions);
    return idle == null ? all : idle.over(all);
  }

  private List<HostFunction> withFiles(List<HostFunction> functions) {
    Map<String, WasmFunctionHandle> handles =
        new WasiFiles(files)
            .over(
                functions.stream()
                    .collect(Collectors.toMap(HostFunction::name, HostFunction::handle)));
    return functions.stream()
        .map(function -> replaced(function, Objects.requireNonNull(handles.get(function.name()))))
        .toList();
  }

  private WasmFunctionHandle handle(HostFunction function) {
    return function.name().equals("clock_time_get")
        ? (instance, args) ->
            (int) args[0] == CLOCK_MONOTONIC
                ? monotonic(instance, (int) args[2])
                : function.handle().apply(instance, args)
        : function.handle();
  }

  private long[] monotonic(Instance instance, int resultPointer) {
    instance.memory().writeLong(resultPointer, clock.nanos());
    return new long[] {SUCCESS};
  }

  private static long refuseChange(int descriptor) {
    return descriptor >= 0 && descriptor < STANDARD_DESCRIPTORS ? NOTSUP : BADF;
  }

  private static HostFunction replaced(HostFunction function, WasmFunctionHandle handle) {
    return new HostFunction(MODULE, function.name(), function.functionType(), handle);
  }

  /**
   * The log looks like a terminal: C libraries then write whole lines, where they would otherwise
   * keep them in a buffer that nobody ever flushes.
   */
  private WasiPreview1 chicory() {
    var options =
        WasiOptions.builder()
            .withArguments(environment.settings().args())
            .withStdout(environment.stdout(), true)
            .withStderr(environment.stderr(), true)
            .withRandom(RANDOM);
    environment.settings().env().forEach(options::withEnvironment);
    return WasiPreview1.builder().withLogger(new NoLog()).withOptions(options.build()).build();
  }

  /** Chicory would log every call. */
  private static final class NoLog implements Logger {
    @Override
    public void log(Level level, String message, Throwable thrown) {}

    @Override
    public boolean isLoggable(Level level) {
      return false;
    }
  }
}
