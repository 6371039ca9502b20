package io.hiberlet.node.api;

import io.hiberlet.node.api.NodePages.Page;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the answer to a request. Thread-safe; runs on the thread that answers it. */
final class Router {

  private static final Logger log = LoggerFactory.getLogger(Router.class);

  private static final Set<String> CONTAINER_ROUTES =
      Set.of("containerLogs", "checkpoint", "exec", "attach", "portForward", "run");

  private final RequestListener listener;
  private final AccessControl access;
  private final NodeContent content;
  private final ContainerRoutes containers;
  private final StreamRoutes streams;

  Router(RequestListener listener, AccessControl access, NodeContent content, InstantSource clock) {
    this.listener = listener;
    this.access = access;
    this.content = content;
    this.containers = new ContainerRoutes(content, clock);
    this.streams = new StreamRoutes(content);
  }

  /**
   * Answers; returns when the answer has been handed to the connection.
   *
   * @return whether the connection can take another request
   */
  boolean answer(Exchange exchange) {
    listener.began();
    try {
      return tryToAnswer(exchange);
    } finally {
      listener.ended(name(exchange.request()), exchange.status());
    }
  }

  /** One of few, whatever clients ask for. */
  private static String name(Request request) {
    String path = String.join("/", request.path());
    return NodePages.paths().contains(path)
        ? path
        : CONTAINER_ROUTES.contains(request.root()) ? request.root() : "other";
  }

  private boolean tryToAnswer(Exchange exchange) {
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
    Page page = NodePages.at(request.path());
    if (page != null) {
      read(exchange, page);
      return exchange.keepAlive();
    }
    int length = request.path().size();
    boolean container = length == 4 || length == 5; // the latter with the pod's UID
    return switch (request.root()) {
      case "containerLogs" -> {
        expect(request, container, List.of("GET"));
        containers.logs(exchange);
        yield exchange.keepAlive();
      }
      case "checkpoint" -> {
        expect(request, length == 4, List.of("POST"));
        containers.checkpoint(exchange);
        yield exchange.keepAlive();
      }
      case "exec" -> {
        expect(request, container, List.of("GET", "POST"));
        streams.exec(exchange);
        yield false;
      }
      case "attach" -> {
        expect(request, container, List.of("GET", "POST"));
        streams.attach(exchange);
        yield false;
      }
      case "run" -> {
        expect(request, container, List.of("GET", "POST"));
        throw notHere("run");
      }
      case "portForward" -> {
        expect(request, length == 3 || length == 4, List.of("GET", "POST"));
        throw notHere("port forwarding");
      }
      default -> throw HttpException.notFound("404 page not found");
    };
  }

  private void read(Exchange exchange, Page page) throws HttpException, IOException {
    expect(exchange.request(), true, page.methods());
    byte[] body =
        page.text().apply(content, exchange.request().query()).getBytes(StandardCharsets.UTF_8);
    exchange.respond(HttpResponseStatus.OK, page.contentType(), body);
  }

  private static void expect(Request request, boolean pathFits, List<String> methods)
      throws HttpException {
    if (!pathFits) {
      throw HttpException.notFound("404 page not found");
    }
    if (!methods.contains(request.method())) {
      throw HttpException.methodNotAllowed(methods);
    }
  }

  private static HttpException notHere(String what) {
    return new HttpException(
        HttpResponseStatus.NOT_IMPLEMENTED,
        what + " is not supported on this node: its containers are WebAssembly controllers");
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
