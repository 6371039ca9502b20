package io.hiberlet.node.event;

import com.google.gson.JsonParseException;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ObjectReference;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;

/** Something that happened to an object at one moment. */
record Occurrence(V1ObjectReference about, String type, String reason, String message, Instant at) {

  String toJson() {
    return JSON.serialize(new Written(about, type, reason, message, at.toString()));
  }

  /**
   * @throws JsonParseException when this is not what {@link #toJson} writes
   */
  static Occurrence parse(String json) {
    Written written = JSON.deserialize(json, Written.class);
    if (written == null
        || Stream.of(written.about, written.type, written.reason, written.message, written.at)
            .anyMatch(Objects::isNull)) {
      throw new JsonParseException("not an event: " + json);
    }
    return new Occurrence(
        written.about, written.type, written.reason, written.message, Instant.parse(written.at));
  }

  /** As it is on the disk. */
  private record Written(
      V1ObjectReference about, String type, String reason, String message, String at) {}
}
