package io.hiberlet.devcluster.api;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hiberlet.devcluster.auth.User;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.protobuf.ProtobufReader;
import io.hiberlet.devcluster.resource.ApiException;
import java.util.List;
import java.util.Map;

/**
 * A request whose sender is known.
 *
 * @param query the decoded parameters
 * @param accept the media types that its sender understands, "" for any
 * @param contentType of the body, without parameters, "" when not said
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
public record ApiRequest(
    User user,
    String method,
    String path,
    Map<String, List<String>> query,
    String accept,
    String contentType,
    byte[] body) {

  /** A query parameter, "" when absent. */
  String parameter(String name) {
    return query.getOrDefault(name, List.of("")).getFirst();
  }

  /** Whether a query parameter is set to true. */
  boolean flag(String name) {
    return List.of("true", "1").contains(parameter(name));
  }

  /**
   * A query parameter that is a number.
   *
   * @throws ApiException 400 when it is none
   */
  long number(String name, long absent) {
    String value = parameter(name);
    if (value.isEmpty()) {
      return absent;
    }
    if (!value.matches("\\d{1,18}")) {
      throw ApiException.badRequest("invalid value for " + name + ": " + value);
    }
    return Long.parseLong(value);
  }

  /** Whether nothing is to be stored. */
  boolean dryRun() {
    return parameter("dryRun").equals("All");
  }

  /** Whether the sender would rather have a table to print. */
  boolean wantsTable() {
    return List.of(accept.split(",", -1)).stream()
        .anyMatch(
            range ->
                range.contains("as=Table")
                    && range.matches(".*;\\s*v=v1(;.*|\\s*)")
                    && range.contains("g=meta.k8s.io"));
  }

  /**
   * The body as an object.
   *
   * @throws ApiException 415 when its type is not known, or not for its kind, 400 when its bytes
   *     are not what that says
   */
  JsonObject object() {
    if (contentType.equals(ProtobufReader.MEDIA_TYPE)) {
      return protobuf();
    }
    if (!contentType.isEmpty() && !contentType.equals("application/json")) {
      throw ApiException.unsupportedMediaType(List.of("application/json"));
    }
    if (document() instanceof JsonObject object) {
      return object;
    }
    throw ApiException.badRequest("the body is not a JSON object");
  }

  private JsonObject protobuf() {
    try {
      return ProtobufReader.read(body)
          .orElseThrow(() -> ApiException.unsupportedMediaType(List.of("application/json")));
    } catch (InvalidProtocolBufferException e) {
      throw ApiException.badRequest("the body is not valid protobuf: " + e.getMessage());
    }
  }

  /**
   * The body as JSON, whatever its type.
   *
   * @throws ApiException 400 when it is not
   */
  JsonElement document() {
    try {
      return Json.parse(body);
    } catch (JsonParseException e) {
      throw ApiException.badRequest("the body is not valid JSON: " + e.getMessage());
    }
  }
}
