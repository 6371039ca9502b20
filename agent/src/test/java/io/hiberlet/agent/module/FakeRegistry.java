package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.hiberlet.agent.module.registry.Credentials;
import io.hiberlet.agent.module.registry.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A registry on loopback, as much of the distribution specification as a pull and a push need,
 * which can be told to misbehave. With credentials it wants a token, and is its own token service.
 */
public final class FakeRegistry implements TestRegistry {
  private static final String TOKEN = "t0ken.of-the_fake";

  /** Answers some requests otherwise. */
  @FunctionalInterface
  interface Fault {
    /** Whether it has answered. */
    boolean answers(HttpExchange exchange) throws IOException;
  }

  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  private record Content(String type, byte[] bytes) {}

  /** A request as it came. */
  record Request(String path, @Nullable String query, @Nullable String authorization) {}

  private final HttpServer server;
  private final String scheme;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Content> manifests = new ConcurrentHashMap<>();
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Credentials wanted;

  final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  volatile Fault fault = exchange -> false;

  public FakeRegistry() throws IOException {
    this(HttpServer.create(), "http");
  }

  /** With TLS. */
  static FakeRegistry secure(SSLContext tls) throws IOException {
    HttpsServer server = HttpsServer.create();
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return new FakeRegistry(server, "https");
  }

  private FakeRegistry(HttpServer server, String scheme) throws IOException {
    this.server = server;
    this.scheme = scheme;
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  @Override
  public String name() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public Digest blob(byte[] content) {
    Digest digest = Digest.of(content);
    blobs.put(digest.value(), content);
    return digest;
  }

  @Override
  public Digest manifest(String tag, String type, String json) {
    var content = new Content(type, json.getBytes(UTF_8));
    Digest digest = Digest.of(content.bytes());
    manifests.put(tag, content);
    manifests.put(digest.value(), content);
    return digest;
  }

  @Override
  public void require(Credentials credentials) {
    wanted = credentials;
  }

  /** Serves something else under a digest. */
  void forge(Digest digest, byte[] content) {
    blobs.put(digest.value(), content);
  }

  void forgeManifest(Digest digest, String json) {
    manifests.put(digest.value(), new Content(MANIFEST, json.getBytes(UTF_8)));
  }

  /** How often something was asked for of which the path has this in it. */
  long count(String part) {
    synchronized (requests) {
      return requests.stream().filter(request -> request.path().contains(part)).count();
    }
  }

  /** Keeps a request waiting until the registry is closed. */
  boolean stall(HttpExchange exchange) {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  static boolean status(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    return true;
  }

  static boolean redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().add("Location", to);
    return status(exchange, 307);
  }

  static boolean isBlob(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().contains("/blobs/");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      requests.add(new Request(path, exchange.getRequestURI().getQuery(), authorization));
      if (fault.answers(exchange)) {
        return;
      }
      if (path.equals("/token")) {
        grant(exchange, authorization);
      } else if (wanted != null && !("Bearer " + TOKEN).equals(authorization)) {
        challenge(exchange);
      } else {
        serve(exchange, path);
      }
    }
  }

  private void grant(HttpExchange exchange, @Nullable String authorization) throws IOException {
    Credentials known = wanted;
    if (known != null && !basic(known).equals(authorization)) {
      status(exchange, 401);
    } else {
      send(exchange, "application/json", "{\"token\":\"%s\"}".formatted(TOKEN).getBytes(UTF_8));
    }
  }

  static String basic(Credentials credentials) {
    byte[] pair = (credentials.username() + ":" + credentials.password()).getBytes(UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private void challenge(HttpExchange exchange) throws IOException {
    exchange
        .getResponseHeaders()
        .add(
            "WWW-Authenticate",
            "Bearer realm=\"%s://%s/token\",service=\"fake, of \\\"tests\\\"\""
                .formatted(scheme, name()));
    status(exchange, 401);
  }

  private void serve(HttpExchange exchange, String path) throws IOException {
    String last = path.substring(path.lastIndexOf('/') + 1);
    boolean known = path.startsWith("/v2/" + REPOSITORY + "/");
    if (known && !exchange.getRequestMethod().equals("GET")) {
      take(exchange, path, last);
      return;
    }
    if (known && path.contains("/manifests/") && manifests.containsKey(last)) {
      send(exchange, manifests.get(last).type(), manifests.get(last).bytes());
    } else if (known && path.contains("/blobs/") && blobs.containsKey(last)) {
      send(exchange, "application/octet-stream", blobs.get(last));
    } else {
      byte[] error =
          "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}"
              .getBytes(UTF_8);
      exchange.sendResponseHeaders(404, error.length);
      exchange.getResponseBody().write(error);
    }
  }

  /** What a push needs: blobs that come in one piece, after asking where to. */
  private void take(HttpExchange exchange, String path, String last) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    switch (exchange.getRequestMethod()) {
      case "HEAD" -> status(exchange, blobs.containsKey(last) ? 200 : 404);
      case "POST" -> {
        exchange.getResponseHeaders().add("Location", path + "1?state=x");
        status(exchange, 202);
      }
      default -> {
        if (path.contains("/manifests/")) {
          manifest(last, exchange.getRequestHeaders().getFirst("Content-Type"), text(body));
        } else {
          blob(body);
        }
        status(exchange, 201);
      }
    }
  }

  private static String text(byte[] body) {
    return new String(body, UTF_8);
  }

  static void send(HttpExchange exchange, String type, byte[] bytes) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
