package io.hiberlet.agent.packaging;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.agent.module.registry.Digest;
import io.hiberlet.agent.module.registry.RegistryPush;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Packs modules as the CNCF's Wasm OCI artifact layout has it: one layer that is the module, and a
 * configuration that says so. The same module gives the same digests everywhere: nothing of the
 * time or the place is in it.
 */
public final class WasmArtifact {
  static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG_TYPE = "application/vnd.wasm.config.v0+json";
  private static final String LAYER_TYPE = "application/wasm";

  private WasmArtifact() {}

  /** The artifact of a module. */
  public static RegistryPush.Content of(byte[] wasm) {
    byte[] config = config(wasm);
    var manifest = new JsonObject();
    manifest.addProperty("schemaVersion", 2);
    manifest.addProperty("mediaType", MANIFEST_TYPE);
    manifest.add("config", descriptor(CONFIG_TYPE, config));
    manifest.add("layers", listOf(descriptor(LAYER_TYPE, wasm)));
    return new RegistryPush.Content(MANIFEST_TYPE, bytes(manifest), List.of(config, wasm));
  }

  private static byte[] config(byte[] wasm) {
    var config = new JsonObject();
    config.addProperty("architecture", "wasm");
    config.addProperty("os", "wasip1");
    var digests = new JsonArray();
    digests.add(Digest.of(wasm).value());
    config.add("layerDigests", digests);
    return bytes(config);
  }

  /** What names content in a manifest or an index. */
  static JsonObject descriptor(String mediaType, byte[] content) {
    var descriptor = new JsonObject();
    descriptor.addProperty("mediaType", mediaType);
    descriptor.addProperty("digest", Digest.of(content).value());
    descriptor.addProperty("size", content.length);
    return descriptor;
  }

  static JsonArray listOf(JsonObject only) {
    var list = new JsonArray();
    list.add(only);
    return list;
  }

  static byte[] bytes(JsonObject json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
