package io.hiberlet.node.api;

import io.hiberlet.node.api.auth.Credentials;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for. Immutable.
 *
 * @param path the decoded segments of the path, without a last empty one; who may do it and who
 *     does it are both decided by these, so the two cannot be talked into different readings
 * @param query the decoded parameters
 */
record Request(
    String method,
    String uri,
    List<String> path,
    Query query,
    HttpHeaders headers,
    Credentials credentials) {

  private static final int MAX_PARAMETERS = 1024;
  private static final Pattern BEARER = Pattern.compile("[Bb]earer +(\\S+) *");

  /**
   * @throws IllegalArgumentException when the URI is malformed
   */
  static Request of(FullHttpRequest message, @Nullable X509Certificate certificate) {
    QueryStringDecoder uri =
        new QueryStringDecoder(message.uri(), StandardCharsets.UTF_8, true, MAX_PARAMETERS);
    String path = uri.path();
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("the request target is not a path");
    }
    String trimmed =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return new Request(
        message.method().name(),
        message.uri(),
        List.of(trimmed.substring(1).split("/", -1)),
        new Query(uri.parameters()),
        message.headers(),
        new Credentials(certificate, bearerToken(message.headers())));
  }

  /** The path's first segment, by which requests are told apart. */
  String root() {
    return path.getFirst();
  }

  private static @Nullable String bearerToken(HttpHeaders headers) {
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
    if (authorization == null) {
      return null;
    }
    var matcher = BEARER.matcher(authorization);
    return matcher.matches() ? matcher.group(1) : null;
  }
}
