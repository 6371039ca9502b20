package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * An OpenAPI document without schemas: kubectl asks for it before it sends an object, and validates
 * nothing of what the document does not describe.
 */
final class OpenApi {
  /** Clients ask with an "@" before v1.0, which is no valid media type, and cannot read it back. */
  private static final String PROTOBUF =
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

  private static final String TITLE = "Kubernetes development cluster";

  private OpenApi() {}

  /** {@code /openapi/v2}, in the format that the client understands. */
  static ApiResponse version2(ApiRequest request, String version) {
    if (request.accept().contains("proto-openapi")) {
      return new ApiResponse.Document(200, PROTOBUF, protobuf(version));
    }
    JsonObject info = Json.of("title", TITLE, "version", version);
    return ApiResponse.json(
        200, Json.of("swagger", "2.0", "info", info, "paths", new JsonObject()));
  }

  /** The message openapi.v2.Document with its fields swagger (1) and info (2). */
  private static byte[] protobuf(String version) {
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    writeField(info, 1, TITLE.getBytes(StandardCharsets.UTF_8));
    writeField(info, 2, version.getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream document = new ByteArrayOutputStream();
    writeField(document, 1, "2.0".getBytes(StandardCharsets.UTF_8));
    writeField(document, 2, info.toByteArray());
    return document.toByteArray();
  }

  /** A length-delimited field (wire type 2) of less than 128 bytes. */
  private static void writeField(ByteArrayOutputStream to, int number, byte[] value) {
    to.write(number << 3 | 2);
    to.write(value.length);
    to.writeBytes(value);
  }
}
