package io.hiberlet.agent.hostio;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the host needs to know of one line of a watch. The rest of the line is not looked at, and
 * for a common event not even read.
 *
 * @param type ADDED, MODIFIED, DELETED, BOOKMARK or ERROR
 * @param resourceVersion of the object
 * @param code of the status that an ERROR carries; 0 when it has none
 */
record WatchLine(String type, @Nullable String resourceVersion, int code) {
  private static final int NESTING_LIMIT = 1000;

  boolean isBookmark() {
    return type.equals("BOOKMARK");
  }

  boolean isError() {
    return type.equals("ERROR");
  }

  /** Whether the position of the watch is lost: 410 Gone. */
  boolean isGone() {
    return isError() && code == 410;
  }

  /**
   * @throws IOException when it is not a watch event
   */
  static WatchLine parse(byte[] line) throws IOException {
    Parser parser = new Parser();
    try (JsonReader json =
        new JsonReader(
            new InputStreamReader(new ByteArrayInputStream(line), StandardCharsets.UTF_8))) {
      json.setNestingLimit(NESTING_LIMIT);
      parser.event(json);
    } catch (IllegalStateException | NumberFormatException e) {
      throw new IOException("not a watch event: " + e.getMessage(), e);
    }
    if (parser.type == null) {
      throw new IOException("not a watch event: it has no type");
    }
    return new WatchLine(parser.type, parser.resourceVersion, parser.code);
  }

  /** Walks through one event, and stops as soon as it knows enough. */
  private static final class Parser {
    private @Nullable String type;
    private @Nullable String resourceVersion;
    private int code;

    void event(JsonReader json) throws IOException {
      json.beginObject();
      while (!isDone() && json.hasNext()) {
        switch (json.nextName()) {
          case "type" -> type = json.nextString();
          case "object" -> object(json);
          default -> json.skipValue();
        }
      }
    }

    private void object(JsonReader json) throws IOException {
      json.beginObject();
      while (!isDone() && json.hasNext()) {
        switch (json.nextName()) {
          case "metadata" -> metadata(json);
          case "code" -> code = number(json);
          default -> json.skipValue();
        }
      }
      if (!isDone()) {
        json.endObject();
      }
    }

    private void metadata(JsonReader json) throws IOException {
      json.beginObject();
      while (!isDone() && json.hasNext()) {
        if (json.nextName().equals("resourceVersion") && json.peek() == JsonToken.STRING) {
          resourceVersion = json.nextString();
        } else {
          json.skipValue();
        }
      }
      if (!isDone()) {
        json.endObject();
      }
    }

    /** A custom resource may have a "code" of any type of its own. */
    private static int number(JsonReader json) throws IOException {
      if (json.peek() == JsonToken.NUMBER) {
        return (int) json.nextDouble();
      }
      json.skipValue();
      return 0;
    }

    private boolean isDone() {
      return type != null && resourceVersion != null && !type.equals("ERROR");
    }
  }
}
