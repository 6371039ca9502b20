package io.hiberlet.agent.settings;

import io.hiberlet.agent.admission.EnvSource;
import io.hiberlet.node.client.ResourceException;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObject;
import io.hiberlet.node.object.PodObjects;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what one start of a container refers to, an object once if it can be helped. Used by one
 * thread.
 */
final class ObjectReads {
  private static final int MOST_KNOWN = 8;

  private final PodObjects objects;
  private final Map<ObjectName, Optional<PodObject>> known = new HashMap<>();

  ObjectReads(PodObjects objects) {
    this.objects = objects;
  }

  /** The value of a key; empty when it is optional and missing. */
  Optional<String> value(EnvSource.Key source) throws UnresolvedException {
    ObjectName name = source.object();
    Optional<PodObject> object = object(name, source.optional());
    if (object.isEmpty()) {
      return Optional.empty();
    }
    byte[] value = object.get().data().get(source.key());
    if (value != null) {
      return Optional.of(text(name, source.key(), value));
    }
    if (source.optional()) {
      return Optional.empty();
    }
    throw new UnresolvedException(
        "couldn't find key %s in %s %s/%s"
            .formatted(source.key(), name.kind().title(), name.namespace(), name.name()),
        name);
  }

  /** All values by key; none when the object is optional and missing. */
  Map<String, String> values(EnvSource.AllKeys source) throws UnresolvedException {
    Optional<PodObject> object = object(source.object(), source.optional());
    Map<String, String> values = new HashMap<>();
    if (object.isPresent()) {
      for (Map.Entry<String, byte[]> entry : object.get().data().entrySet()) {
        values.put(entry.getKey(), text(source.object(), entry.getKey(), entry.getValue()));
      }
    }
    return values;
  }

  private Optional<PodObject> object(ObjectName name, boolean optional) throws UnresolvedException {
    Optional<PodObject> object = known.get(name);
    if (object == null) {
      object = read(name);
      if (known.size() >= MOST_KNOWN) {
        known.clear(); // each may have 1 MiB
      }
      known.put(name, object);
    }
    if (object.isEmpty() && !optional) {
      throw new UnresolvedException(
          "%s \"%s\" not found".formatted(name.kind().word(), name.name()), name);
    }
    return object;
  }

  private Optional<PodObject> read(ObjectName name) throws UnresolvedException {
    try {
      return objects.read(name);
    } catch (ResourceException e) {
      throw new UnresolvedException(
          "failed to read %s \"%s\": %s".formatted(name.kind().word(), name.name(), e.getMessage()),
          name,
          e);
    }
  }

  private static String text(ObjectName name, String key, byte[] value) throws UnresolvedException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    } catch (CharacterCodingException e) {
      throw new UnresolvedException(
          "key %s of %s is no text in UTF-8, which an environment variable must be"
              .formatted(key, name),
          name,
          e);
    }
  }
}
