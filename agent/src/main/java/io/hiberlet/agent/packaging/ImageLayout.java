package io.hiberlet.agent.packaging;

import com.google.gson.JsonObject;
import io.hiberlet.agent.module.registry.Digest;
import io.hiberlet.agent.module.registry.RegistryPush;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Writes images into folders, in the OCI image layout 1.0.0 that other tools read. */
public final class ImageLayout {
  private ImageLayout() {}

  /**
   * Writes an image.
   *
   * @param folder made if need be
   * @throws IOException also when there is something in it already
   */
  public static void write(Path folder, RegistryPush.Content image) throws IOException {
    Path blobs = Files.createDirectories(folder).resolve("blobs").resolve("sha256");
    try (Stream<Path> present = Files.list(folder)) {
      if (present.findAny().isPresent()) {
        throw new IOException("the folder %s is not empty".formatted(folder));
      }
    }
    Files.createDirectories(blobs);
    for (byte[] blob : image.blobs()) {
      writeBlob(blobs, blob);
    }
    writeBlob(blobs, image.manifest());
    var layout = new JsonObject();
    layout.addProperty("imageLayoutVersion", "1.0.0");
    Files.write(folder.resolve("oci-layout"), WasmArtifact.bytes(layout));
    Files.write(folder.resolve("index.json"), WasmArtifact.bytes(index(image)));
  }

  private static JsonObject index(RegistryPush.Content image) {
    var index = new JsonObject();
    index.addProperty("schemaVersion", 2);
    index.addProperty("mediaType", "application/vnd.oci.image.index.v1+json");
    index.add(
        "manifests",
        WasmArtifact.listOf(WasmArtifact.descriptor(image.manifestType(), image.manifest())));
    return index;
  }

  private static void writeBlob(Path blobs, byte[] content) throws IOException {
    String digest = Digest.of(content).value();
    Files.write(blobs.resolve(digest.substring(digest.indexOf(':') + 1)), content);
  }
}
