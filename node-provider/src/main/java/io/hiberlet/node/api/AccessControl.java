package io.hiberlet.node.api;

import io.hiberlet.node.api.auth.Authenticator;
import io.hiberlet.node.api.auth.Authorizer;
import io.hiberlet.node.api.auth.Credentials;
import io.hiberlet.node.api.auth.User;
import io.hiberlet.node.client.ApiErrors;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
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

  /**
   * Blocks while the API server is asked.
   *
   * @throws InterruptedException when the client goes away meanwhile, which is neither a refusal
   *     nor an error, whatever the one that asks makes of it
   */
  void check(Request request) throws HttpException, InterruptedException {
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
        failed("Authorization failed", user.name(), e);
        throw new HttpException(
            HttpResponseStatus.INTERNAL_SERVER_ERROR,
            "Authorization error (%s, subresource=%s)".formatted(asked, subresource));
      }
    }
    throw new HttpException(
        HttpResponseStatus.FORBIDDEN,
        "Forbidden (%s, subresource(s)=[%s])".formatted(asked, String.join(" ", subresources)));
  }

  private User authenticate(Credentials credentials) throws HttpException, InterruptedException {
    try {
      return authenticator
          .authenticate(credentials)
          .orElseThrow(() -> new HttpException(HttpResponseStatus.UNAUTHORIZED, "Unauthorized"));
    } catch (IOException e) {
      failed("Authentication failed", "unknown", e);
      throw new HttpException(HttpResponseStatus.UNAUTHORIZED, "Unauthorized");
    }
  }

  private static void failed(String what, String user, IOException failure)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the client has gone");
    }
    Throwable cause = Objects.requireNonNullElse(failure.getCause(), failure);
    log.atWarn()
        .addKeyValue("user", user)
        .addKeyValue("cause", ApiErrors.describe(cause))
        .log(what);
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
