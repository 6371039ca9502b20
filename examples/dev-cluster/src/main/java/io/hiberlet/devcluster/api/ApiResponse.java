package io.hiberlet.devcluster.api;

import com.google.gson.JsonElement;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import java.nio.charset.StandardCharsets;

/** What a request is answered with. */
public sealed interface ApiResponse {

  /** A whole document. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record Document(int code, String contentType, byte[] body) implements ApiResponse {}

  /** A stream of watch events. */
  record Events(ResourceWatch watch) implements ApiResponse {}

  /**
   * What a kubelet answers.
   *
   * @param host the node's address
   * @param target path and query there
   * @param upgrade whether the connection is to become a tunnel
   */
  record Kubelet(String host, int port, String target, boolean upgrade) implements ApiResponse {}

  static ApiResponse json(int code, JsonElement document) {
    return new Document(code, "application/json", Json.bytes(document));
  }

  static ApiResponse text(int code, String text) {
    return new Document(code, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  static ApiResponse failure(ApiException failure) {
    return json(failure.code(), failure.status());
  }
}
