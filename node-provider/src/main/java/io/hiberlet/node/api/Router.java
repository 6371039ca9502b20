package io.hiberlet.node.api;

import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.LogRequest;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ListMeta;
import io.kubernetes.client.openapi.models.V1PodList;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the answer to a request. Thread-safe; runs on the thread that answers it. */
final class Router {

  private static final Logger log = LoggerFactory.getLogger(Router.class);
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final AccessControl access;
  private final NodeContent content;
  private final InstantSource clock;
  private final ExecRoute exec;

  Router(AccessControl access, NodeContent content, InstantSource clock) {
    this.access = access;
    this.content = content;
    this.clock = clock;
    this.exec = new ExecRoute(content);
  }

  /**
   * Answers; returns when the answer has been handed to the connection.
   *
   * @return whether the connection can take another request
   */
  boolean answer(Exchange exchange) {
    try {
      try {
        access.check(exchange.request());
        return route(exchange);
      } catch (HttpException e) {
        return failed(exchange, e);
      }
    } catch (InterruptedException | InterruptedIOException e) {
      log.atDebug().addKeyValue("path", exchange.request().path()).log("The client has gone");
      return false;
    } catch (IOException | RuntimeException e) {
      return brokeDown(exchange, e);
    }
  }

  private boolean route(Exchange exchange) throws HttpException, IOException, InterruptedException {
    Request request = exchange.request();
    List<String> path = request.path();
    switch (request.root()) {
      case "healthz" -> {
        expect(request, path.size() == 1, "GET", "HEAD");
        respond(exchange, "text/plain; charset=utf-8", "ok");
      }
      case "metrics" -> {
        expect(request, path.size() == 1, "GET", "HEAD");
        respond(exchange, PROMETHEUS, content.metrics().get());
      }
      case "pods" -> {
        expect(request, path.size() == 1, "GET", "HEAD");
        respond(exchange, "application/json", pods());
      }
      case "containerLogs" -> {
        expect(request, path.size() == 4, "GET");
        logs(exchange);
      }
      case "exec" -> {
        expect(request, path.size() == 4 || path.size() == 5, "GET", "POST");
        exec.serve(exchange);
        return false;
      }
      case "attach", "portForward", "run" ->
          throw new HttpException(
              HttpResponseStatus.NOT_IMPLEMENTED,
              "%s is not supported on this node: its containers are WebAssembly controllers"
                  .formatted(request.root()));
      default -> throw HttpException.notFound("404 page not found");
    }
    return exchange.keepAlive();
  }

  private static void expect(Request request, boolean pathFits, String... methods)
      throws HttpException {
    if (!pathFits) {
      throw HttpException.notFound("404 page not found");
    }
    if (!List.of(methods).contains(request.method())) {
      throw HttpException.methodNotAllowed(List.of(methods));
    }
  }

  private String pods() {
    V1PodList list =
        new V1PodList()
            .apiVersion("v1")
            .kind("PodList")
            .metadata(new V1ListMeta())
            .items(content.pods().list());
    return JSON.serialize(list);
  }

  private void logs(Exchange exchange) throws HttpException, IOException, InterruptedException {
    List<String> path = exchange.request().path();
    String uid = Containers.require(content.pods(), path.get(1), path.get(2), null, path.get(3));
    LogRequest request =
        LogQuery.parse(
            exchange.request().query(), path.get(1), path.get(2), uid, path.get(3), clock);
    OutputStream to = exchange.streamText();
    try {
      content.containers().logs(request, to);
    } catch (NoSuchContainerException e) {
      // As the kubelet answers: the API server passes the text of a 400 on, but not that of a 404.
      throw HttpException.badRequest(String.valueOf(e.getMessage()));
    }
    to.close();
  }

  private static void respond(Exchange exchange, String contentType, String body)
      throws IOException {
    exchange.respond(HttpResponseStatus.OK, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  private boolean brokeDown(Exchange exchange, Exception cause) {
    if (!exchange.channel().isActive()) {
      return false;
    }
    log.atWarn()
        .setCause(cause)
        .addKeyValue("path", exchange.request().path())
        .log("Request failed");
    try {
      return failed(
          exchange,
          new HttpException(
              HttpResponseStatus.INTERNAL_SERVER_ERROR,
              "Internal error occurred: " + cause.getMessage()));
    } catch (IOException e) {
      return false;
    }
  }

  /** Too late for an error, the connection ends before the answer does: the client sees that. */
  private static boolean failed(Exchange exchange, HttpException error) throws IOException {
    if (exchange.isStarted()) {
      return false;
    }
    exchange.fail(error);
    return exchange.keepAlive();
  }
}
