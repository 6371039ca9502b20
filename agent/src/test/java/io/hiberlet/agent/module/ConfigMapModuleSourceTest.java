package io.hiberlet.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.ModuleReference.ConfigMapKey;
import io.hiberlet.node.object.FakePodObjects;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObject;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigMapModuleSourceTest {
  private static final byte[] MODULE = {1, 2, 3};
  private static final ObjectName NAME = ObjectName.configMap("ns", "modules");
  private static final ConfigMapKey KEY = new ConfigMapKey("ns", "modules", "ring.wasm");

  @TempDir private Path folder;
  private ModuleStore store;
  private final FakePodObjects objects = new FakePodObjects();

  @BeforeEach
  void open() throws Exception {
    store = new ModuleStore(folder, 100, Clock.systemUTC());
  }

  private static PodObject configMap(String key) {
    return new PodObject(Map.of(), Map.of(key, MODULE), false);
  }

  private String message() {
    var source = new ConfigMapModuleSource(objects);
    var thrown = assertThrows(ModuleUnavailableException.class, () -> source.fetch(KEY, store));
    assertEquals("CreateContainerConfigError", thrown.reason());
    assertFalse(thrown.permanent());
    return thrown.getMessage();
  }

  @Test
  void readsTheKeyOfThePodsNamespace() throws Exception {
    objects.put(NAME, configMap("ring.wasm"));
    var source = new ConfigMapModuleSource(objects);
    assertEquals(ModuleDigest.of(MODULE), source.fetch(KEY, store));
  }

  @Test
  void aModuleThatKubectlTookForTextIsReadAsWell() throws Exception {
    objects.put(NAME, new PodObject(Map.of("ring.wasm", MODULE), Map.of(), false));
    assertEquals(ModuleDigest.of(MODULE), new ConfigMapModuleSource(objects).fetch(KEY, store));
  }

  @Test
  void whatIsMissingIsNamed() {
    assertEquals("configmap \"modules\" not found", message());
    objects.put(NAME, configMap("other"));
    assertEquals("couldn't find key ring.wasm in configmap \"modules\"", message());
    objects.failWith(403);
    assertTrue(message().startsWith("may not read configmap \"modules\": "), message());
    assertTrue(message().endsWith("(that is the rule)"), message());
    objects.failWith(500);
    assertTrue(message().startsWith("failed to read configmap \"modules\": "), message());
  }
}
