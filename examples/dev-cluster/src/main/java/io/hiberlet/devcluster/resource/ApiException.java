package io.hiberlet.devcluster.resource;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import java.util.List;

/** A request that fails, with the Status that its client gets to see, in Kubernetes' own words. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String message;
  private final String reason;
  private final transient JsonObject details;

  private ApiException(int code, String reason, String message, JsonObject details) {
    super(message, null, false, false);
    this.code = code;
    this.message = message;
    this.reason = reason;
    this.details = details;
  }

  /** The HTTP status. */
  public int code() {
    return code;
  }

  /** The object of kind Status. */
  public JsonObject status() {
    JsonObject status =
        Json.of(
            "kind",
            "Status",
            "apiVersion",
            "v1",
            "metadata",
            new JsonObject(),
            "status",
            "Failure",
            "message",
            message,
            "reason",
            reason);
    if (!details.isEmpty()) {
      status.add("details", details);
    }
    status.addProperty("code", code);
    return status;
  }

  public static ApiException badRequest(String message) {
    return new ApiException(400, "BadRequest", message, new JsonObject());
  }

  public static ApiException unauthorized() {
    return new ApiException(401, "Unauthorized", "Unauthorized", new JsonObject());
  }

  /** {@code resource} is plural.group, {@code name} "" for a collection. */
  public static ApiException forbidden(
      String resource, String group, String plural, String name, String why) {
    String object = name.isEmpty() ? resource : resource + " \"" + name + "\"";
    return new ApiException(
        403, "Forbidden", object + " is forbidden: " + why, details(group, plural, name));
  }

  public static ApiException forbidden(ResourceType type, String name, String why) {
    return forbidden(type.collection(), type.group(), type.plural(), name, why);
  }

  /** For a path that is no resource. */
  public static ApiException forbiddenPath(String why) {
    return new ApiException(403, "Forbidden", "forbidden: " + why, new JsonObject());
  }

  public static ApiException notFound(ResourceType type, String name) {
    return new ApiException(
        404,
        "NotFound",
        type.collection() + " \"" + name + "\" not found",
        details(type.group(), type.plural(), name));
  }

  /** For a path behind which nothing is. */
  public static ApiException noSuchPath() {
    return new ApiException(
        404, "NotFound", "the server could not find the requested resource", new JsonObject());
  }

  public static ApiException methodNotAllowed() {
    return new ApiException(
        405,
        "MethodNotAllowed",
        "the server does not allow this method on the requested resource",
        new JsonObject());
  }

  public static ApiException alreadyExists(ResourceType type, String name) {
    return new ApiException(
        409,
        "AlreadyExists",
        type.collection() + " \"" + name + "\" already exists",
        details(type.group(), type.plural(), name));
  }

  public static ApiException conflict(ResourceType type, String name, String why) {
    return new ApiException(
        409,
        "Conflict",
        "Operation cannot be fulfilled on " + type.collection() + " \"" + name + "\": " + why,
        details(type.group(), type.plural(), name));
  }

  public static ApiException expired(String message) {
    return new ApiException(410, "Expired", message, new JsonObject());
  }

  public static ApiException tooLarge() {
    return new ApiException(
        413, "RequestEntityTooLarge", "the request body is too large", new JsonObject());
  }

  public static ApiException unsupportedMediaType(List<String> accepted) {
    return new ApiException(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: "
            + String.join(", ", accepted),
        new JsonObject());
  }

  /** For an object that breaks a rule of its kind. */
  public static ApiException invalid(ResourceType type, String name, String field, String why) {
    JsonObject details = details(type.group(), type.kind(), name);
    details.add(
        "causes",
        Json.array(
            List.of(Json.of("reason", "FieldValueInvalid", "message", why, "field", field))));
    String kind = type.group().isEmpty() ? type.kind() : type.kind() + "." + type.group();
    return new ApiException(
        422, "Invalid", kind + " \"" + name + "\" is invalid: " + field + ": " + why, details);
  }

  public static ApiException internal(String message) {
    return new ApiException(
        500, "InternalError", "Internal error occurred: " + message, new JsonObject());
  }

  /** For what Kubernetes has and this cluster has not. */
  public static ApiException notImplemented(String what) {
    return new ApiException(
        501,
        "NotImplemented",
        what + " is not part of the development cluster; use a real one for it",
        new JsonObject());
  }

  private static JsonObject details(String group, String kind, String name) {
    JsonObject details = new JsonObject();
    if (!name.isEmpty()) {
      details.addProperty("name", name);
    }
    if (!group.isEmpty()) {
      details.addProperty("group", group);
    }
    details.addProperty("kind", kind);
    return details;
  }
}
