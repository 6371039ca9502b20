package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.agent.module.registry.Credentials;
import io.hiberlet.agent.module.registry.Digest;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A registry on this machine that speaks plain HTTP, to be filled and pulled from. */
public interface TestRegistry extends AutoCloseable {
  String REPOSITORY = "team/ring";
  String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  String INDEX = "application/vnd.oci.image.index.v1+json";
  String WASM = "application/wasm";
  String TAR = "application/vnd.oci.image.layer.v1.tar";
  String TAR_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
  String TAR_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";

  /** {@code HOST:PORT}. */
  String name();

  /** Stores content under its digest. */
  Digest blob(byte[] content) throws IOException, InterruptedException;

  /** Stores a manifest under its digest and a tag. */
  Digest manifest(String tag, String type, String json) throws IOException, InterruptedException;

  /** From now on only these may read. */
  void require(Credentials credentials) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;

  /** Stores an image of some layers, all of one type. */
  default Digest image(String tag, String layerType, byte[]... layers)
      throws IOException, InterruptedException {
    blob("{}".getBytes(UTF_8));
    for (byte[] layer : layers) {
      blob(layer);
    }
    return manifest(tag, MANIFEST, manifestOf(layerType, layers));
  }

  /** An image's manifest. */
  static String manifestOf(String layerType, byte[]... layers) {
    String described =
        IntStream.range(0, layers.length)
            .mapToObj(i -> descriptor(layerType, Digest.of(layers[i]), layers[i].length))
            .collect(Collectors.joining(","));
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
        .formatted(
            MANIFEST,
            descriptor("application/vnd.wasm.config.v0+json", Digest.of("{}".getBytes(UTF_8)), 2),
            described);
  }

  /** The JSON of a descriptor. */
  static String descriptor(String type, Digest digest, long size) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}".formatted(type, digest, size);
  }
}
