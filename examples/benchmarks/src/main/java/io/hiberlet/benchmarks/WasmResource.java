package io.hiberlet.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Modules of the benchmarks, made of {@code src/main/wat}. */
public final class WasmResource {
  private WasmResource() {}

  /** The bytes of {@code NAME.wasm}. */
  public static byte[] bytes(String name) {
    String resource = "/io/hiberlet/benchmarks/%s.wasm".formatted(name);
    try (InputStream in = WasmResource.class.getResourceAsStream(resource)) {
      return Objects.requireNonNull(in, resource).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
