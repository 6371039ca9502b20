package io.hiberlet.agent.volume;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.agent.admission.VolumePaths;
import io.hiberlet.agent.admission.VolumeSource;
import io.hiberlet.agent.admission.VolumeSpec;
import io.hiberlet.node.client.ResourceException;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObject;
import io.hiberlet.node.object.PodObjects;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads what is to be in a volume. Used by one thread; blocks. */
final class VolumeContent {
  /** Of a volume; some ConfigMaps and Secrets of the largest size. */
  static final int MOST_BYTES = 4 << 20;

  private final PodObjects objects;
  private final Map<String, byte[]> files = new TreeMap<>();
  private long bytes;

  private VolumeContent(PodObjects objects) {
    this.objects = objects;
  }

  /** The files by their paths in the volume. */
  static Map<String, byte[]> read(VolumeSpec.Files volume, PodObjects objects, PodTokens tokens)
      throws VolumeException {
    VolumeContent content = new VolumeContent(objects);
    for (VolumeSource source : volume.sources()) {
      switch (source) {
        case VolumeSource.Field(String path, String value) ->
            content.put(path, value.getBytes(UTF_8));
        case VolumeSource.Keys keys -> content.putAll(keys);
        case VolumeSource.Token token -> content.put(token.path(), tokens.token(token));
      }
    }
    return content.files;
  }

  private void putAll(VolumeSource.Keys source) throws VolumeException {
    ObjectName name = source.object();
    Optional<PodObject> object = read(name);
    if (object.isEmpty()) {
      if (source.optional()) {
        return;
      }
      throw new VolumeException(
          "%s \"%s\" not found".formatted(name.kind().word(), name.name()), name);
    }
    Map<String, byte[]> values = new HashMap<>(object.get().data());
    values.putAll(object.get().binaryData());
    if (source.items().isEmpty()) {
      for (Map.Entry<String, byte[]> value : values.entrySet()) {
        put(value.getKey(), value.getValue());
      }
      return;
    }
    for (Map.Entry<String, String> item : source.items().entrySet()) {
      byte[] value = values.get(item.getValue());
      if (value != null) {
        put(item.getKey(), value);
      } else if (!source.optional()) {
        throw new VolumeException(
            "%s references non-existent %s key: %s"
                .formatted(
                    name.kind().word(),
                    name.kind() == ObjectName.Kind.SECRET ? "secret" : "config",
                    item.getValue()),
            name);
      }
    }
  }

  private void put(String path, byte[] value) throws VolumeException {
    if (!VolumePaths.isBelow(path)) {
      throw new VolumeException("\"%s\" cannot be the name of a file".formatted(path), null);
    }
    byte[] before = files.put(path, value);
    bytes += value.length - (before == null ? 0 : before.length);
    if (bytes > MOST_BYTES) {
      throw new VolumeException("its files have more than %d bytes".formatted(MOST_BYTES), null);
    }
  }

  private Optional<PodObject> read(ObjectName name) throws VolumeException {
    try {
      return objects.read(name);
    } catch (ResourceException e) {
      throw new VolumeException(
          "failed to read %s \"%s\": %s".formatted(name.kind().word(), name.name(), e.getMessage()),
          name,
          e);
    }
  }
}
