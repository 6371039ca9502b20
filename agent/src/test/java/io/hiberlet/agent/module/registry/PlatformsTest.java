package io.hiberlet.agent.module.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hiberlet.agent.module.registry.Manifests.Platform;
import io.hiberlet.agent.module.registry.Manifests.Variant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformsTest {

  /** The media type tells them apart. */
  private static List<Variant> variants(String platforms) {
    return Arrays.stream(platforms.split(" "))
        .map(
            platform -> {
              String[] parts = platform.split("/", -1);
              return new Variant(
                  new Descriptor(platform, Digest.of(new byte[0]), 1),
                  parts.length < 2
                      ? Optional.empty()
                      : Optional.of(new Platform(parts[0], parts[1])));
            })
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64 wasi/wasm, wasi/wasm",
    "wasi/wasm wasip1/wasm, wasip1/wasm",
    "js/wasm wasi/wasm32, wasi/wasm32",
    "linux/amd64 js/wasm, js/wasm",
    "wasip2/wasm wasi/wasm, wasi/wasm",
    "linux/arm64, linux/arm64",
    "none, none",
    "linux/amd64 unknown/unknown, linux/amd64",
  })
  void theBestForWasmIsChosen(String platforms, String expected) throws Exception {
    assertEquals(expected, Platforms.choose(variants(platforms)).mediaType());
  }

  @Test
  void withoutOneTheOthersAreNamed() {
    for (String platforms : List.of("linux/amd64 linux/arm64", "linux/amd64 wasip2/wasm")) {
      var thrown =
          assertThrows(RegistryException.class, () -> Platforms.choose(variants(platforms)));
      assertEquals(
          "the image has no variant for wasi/wasm; its platforms are: "
              + platforms.replace(" ", ", "),
          thrown.getMessage());
    }
  }
}
