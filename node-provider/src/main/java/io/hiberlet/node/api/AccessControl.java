package io.hiberlet.node.api;

import io.hiberlet.node.api.auth.Authenticator;
import io.hiberlet.node.api.auth.Authorizer;
import io.hiberlet.node.api.auth.Credentials;
import io.hiberlet.node.api.auth.User;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a request in or not: first who calls, then what is asked for. Paths map to subresources of
 * the node as in the kubelet's fine-grained authorization (KEP-2862): one that is allowed is
 * enough, {@code nodes/proxy} being the one that allows nearly everything.
 *
 * @param authenticator anonymous callers are those whom it does not know; they are refused
 */
public record AccessControl(Authenticator authenticator, Authorizer authorizer) {

  private static final Logger log = LoggerFactory.getLogger(AccessControl.class);

  /** Blocks while the API server is asked. */
  void check(Request request) throws HttpException {
    User user = authenticate(request.credentials());
    String verb = verb(request);
    List<String> subresources = subresources(request.root());
    String asked = "user=%s, verb=%s, resource=nodes".formatted(user.name(), verb);
    for (String subresource : subresources) {
      try {
        if (authorizer.isAllowed(user, verb, subresource)) {
          return;
        }
      } catch (IOException e) {
        log.atWarn().setCause(e).addKeyValue("user", user.name()).log("Authorization failed");
        throw new HttpException(
            HttpResponseStatus.INTERNAL_SERVER_ERROR,
            "Authorization error (%s, subresource=%s)".formatted(asked, subresource));
      }
    }
    throw new HttpException(
        HttpResponseStatus.FORBIDDEN,
        "Forbidden (%s, subresource(s)=[%s])".formatted(asked, String.join(" ", subresources)));
  }

  private User authenticate(Credentials credentials) throws HttpException {
    try {
      return authenticator
          .authenticate(credentials)
          .orElseThrow(() -> new HttpException(HttpResponseStatus.UNAUTHORIZED, "Unauthorized"));
    } catch (IOException e) {
      log.atWarn().setCause(e).log("Authentication failed");
      throw new HttpException(HttpResponseStatus.UNAUTHORIZED, "Unauthorized");
    }
  }

  /**
   * As the kubelet maps methods; but what gives control over a container is a {@code create} even
   * when a WebSocket client must send it as a GET, so that a right to read is one to read only.
   */
  private static String verb(Request request) {
    return switch (request.root()) {
      case "exec", "attach", "portForward", "run" -> "create";
      default ->
          switch (request.method()) {
            case "POST" -> "create";
            case "GET", "HEAD" -> "get";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> "delete";
            default -> "";
          };
    };
  }

  private static List<String> subresources(String root) {
    return switch (root) {
      case "pods", "runningpods" -> List.of("pods", "proxy");
      case "healthz", "configz" -> List.of(root, "proxy");
      case "stats", "metrics", "checkpoint" -> List.of(root);
      case "logs" -> List.of("log");
      default -> List.of("proxy");
    };
  }
}
