package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.types.FunctionType;
import io.hiberlet.agent.runtime.file.FileTree;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The functions that a module may import, and how one guest gets them. */
final class HostImports {
  private static final Map<String, FunctionType> TYPES = types();

  private HostImports() {}

  /** The type of a function that the host has; empty when it does not have it. */
  static Optional<FunctionType> type(String module, String name) {
    return Optional.ofNullable(TYPES.get(key(module, name)));
  }

  /**
   * Every function, for one guest.
   *
   * @param asyncify null for a guest that does not block
   * @param prototype null for a guest that is none of the prototype
   */
  static ImportValues values(
      HiberletCalls hiberlet,
      WasiCalls wasi,
      @Nullable Asyncify asyncify,
      @Nullable Prototype prototype) {
    List<HostFunction> own = prototype == null ? hiberlet.functions() : prototype.functions();
    return ImportValues.builder()
        .addFunction(
            Stream.concat(own.stream(), wasi.functions().stream())
                .map(function -> probed(function, asyncify))
                .toArray(ImportFunction[]::new))
        .build();
  }

  /** Keeps no more of it than every guest needs anew. */
  private static ImportFunction probed(HostFunction function, @Nullable Asyncify asyncify) {
    WasmFunctionHandle handle = function.handle();
    boolean mayWait = handle instanceof EventWait || handle instanceof PollOneoff;
    return new HostFunction(
        function.module(),
        function.name(),
        type(function.module(), function.name()).orElseThrow(),
        (instance, args) -> {
          StackProbe.requireRoom();
          if (asyncify != null && !mayWait) {
            asyncify.requireRunning();
          }
          return handle.apply(instance, args);
        });
  }

  private static Map<String, FunctionType> types() {
    var nowhere =
        new GuestEnvironment(
            GuestSettings.NONE,
            List.of(),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            0);
    var nothing = new OpenFiles(new FileTree(List.of()), List.of());
    var hiberlet = new HiberletCalls(new AbsentCalls(), null, GuestClock.starting()).functions();
    var wasi = new WasiCalls(nowhere, GuestClock.starting(), nothing, null, null).functions();
    var prototype = new Prototype(new AbsentCalls(), true).functions();
    return Stream.of(hiberlet, wasi, prototype)
        .flatMap(List::stream)
        .collect(
            Collectors.toUnmodifiableMap(
                function -> key(function.module(), function.name()), HostFunction::functionType));
  }

  private static String key(String module, String name) {
    return module + '\0' + name;
  }
}
