package io.hiberlet.node.pod;

import io.hiberlet.node.PodKey;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Pod;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * A pod as compressed JSON: a sixth of what client-java's objects take, for the many pods that
 * nobody looks at for long. Immutable.
 */
final class PackedPod {
  private final PodKey key;
  private final byte[] json;

  private PackedPod(PodKey key, byte[] json) {
    this.key = key;
    this.json = json;
  }

  static PackedPod of(V1Pod pod) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (Writer text =
        new OutputStreamWriter(new DeflaterOutputStream(packed), StandardCharsets.UTF_8)) {
      JSON.getGson().toJson(pod, V1Pod.class, text);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written to", e);
    }
    return new PackedPod(PodCache.keyOf(pod), packed.toByteArray());
  }

  PodKey key() {
    return key;
  }

  /** The pod, as an object of the caller's own. */
  V1Pod unpack() {
    try (Reader text =
        new InputStreamReader(
            new InflaterInputStream(new ByteArrayInputStream(json)), StandardCharsets.UTF_8)) {
      return JSON.getGson().fromJson(text, V1Pod.class);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be read", e);
    }
  }
}
