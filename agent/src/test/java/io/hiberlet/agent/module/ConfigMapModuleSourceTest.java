package io.hiberlet.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hiberlet.agent.module.ModuleReference.ConfigMapKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigMapModuleSourceTest {
  private static final byte[] MODULE = {1, 2, 3};
  private static final ConfigMapKey KEY = new ConfigMapKey("ns", "modules", "ring.wasm");

  @TempDir private Path folder;
  private ModuleStore store;

  @BeforeEach
  void open() throws Exception {
    store = new ModuleStore(folder, 100, Clock.systemUTC());
  }

  private String message(ConfigMapReader reader) {
    var source = new ConfigMapModuleSource(reader);
    var thrown = assertThrows(ModuleUnavailableException.class, () -> source.fetch(KEY, store));
    assertEquals("CreateContainerConfigError", thrown.reason());
    assertFalse(thrown.permanent());
    return thrown.getMessage();
  }

  @Test
  void readsTheKeyOfThePodsNamespace() throws Exception {
    var source =
        new ConfigMapModuleSource(
            (namespace, name) -> {
              assertEquals("ns/modules", namespace + "/" + name);
              return new ConfigMapReader.Found(Map.of("ring.wasm", MODULE));
            });
    assertEquals(ModuleDigest.of(MODULE), source.fetch(KEY, store));
  }

  @Test
  void whatIsMissingIsNamed() {
    assertEquals(
        "configmap \"modules\" not found", message((ns, name) -> new ConfigMapReader.Missing()));
    assertEquals(
        "may not read configmap \"modules\": no relationship found",
        message((ns, name) -> new ConfigMapReader.Forbidden("no relationship found")));
    assertEquals(
        "couldn't find key ring.wasm in the binaryData of configmap \"modules\"",
        message((ns, name) -> new ConfigMapReader.Found(Map.of("other", MODULE))));
    assertEquals(
        "failed to read configmap \"modules\": connection refused",
        message(
            (ns, name) -> {
              throw new IOException("connection refused");
            }));
  }
}
