package io.hiberlet.agent.module;

import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import land.oras.ContainerRef;
import land.oras.Descriptor;
import land.oras.Index;
import land.oras.Layer;
import land.oras.Manifest;
import land.oras.ManifestDescriptor;
import land.oras.Platform;
import land.oras.Registry;
import org.jspecify.annotations.Nullable;

/**
 * Finds the layers of an image, and believes no registry that serves another than was asked for.
 */
final class OciManifests {
  private static final String WASM = "wasm";

  private OciManifests() {}

  /** The layers of an image; of an index, those of its image for Wasm. */
  static List<Layer> layers(Registry registry, ContainerRef reference)
      throws IOException, ModuleRefusedException {
    String json = verified(registry, reference);
    List<ManifestDescriptor> manifests = manifests(json);
    if (manifests.isEmpty()) {
      return Manifest.fromJson(json).getLayers();
    }
    ManifestDescriptor wasm =
        manifests.stream()
            .filter(manifest -> manifests.size() == 1 || isWasm(manifest))
            .findFirst()
            .orElseThrow(
                () -> new ModuleRefusedException("the image has no variant for architecture wasm"));
    return Manifest.fromJson(verified(registry, reference.withDigest(wasm.getDigest())))
        .getLayers();
  }

  private static List<ManifestDescriptor> manifests(String json) {
    @Nullable List<ManifestDescriptor> manifests = Index.fromJson(json).getManifests();
    return manifests == null ? List.of() : manifests;
  }

  private static boolean isWasm(ManifestDescriptor manifest) {
    @Nullable Platform platform = manifest.getPlatformOrNull();
    return platform != null && WASM.equals(platform.architecture());
  }

  private static String verified(Registry registry, ContainerRef reference) throws IOException {
    Descriptor descriptor = registry.getDescriptor(reference);
    String json = descriptor.getJson();
    String found = ModuleDigest.of(json.getBytes(StandardCharsets.UTF_8)).value();
    @Nullable String wanted = reference.getDigest();
    if (wanted != null && !wanted.equals(found)) {
      throw new IOException(
          "digest mismatch: the manifest %s has the digest %s".formatted(wanted, found));
    }
    return json;
  }
}
