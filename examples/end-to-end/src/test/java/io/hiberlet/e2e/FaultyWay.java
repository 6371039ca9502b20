package io.hiberlet.e2e;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.client.KubeconfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * A node's way to its API server, with {@link Faults} on it. It speaks plain HTTP with the node and
 * shows the node's certificate to the server. Thread-safe.
 */
final class FaultyWay implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final int CHUNK_BYTES = 8192;
  private static final Set<String> HOP_BY_HOP =
      Set.of("connection", "content-length", "transfer-encoding", "host", "upgrade", "date");

  private final AtomicReference<Faults> faults = new AtomicReference<>(Faults.none());
  private final Set<HttpExchange> watches = ConcurrentHashMap.newKeySet();
  private final ApiServerAccess access;
  private final OkHttpClient client;
  private final HttpServer server;

  private FaultyWay(Path kubeconfig) throws IOException, KubeconfigException {
    access = ApiServerAccess.load(kubeconfig);
    client =
        access
            .client()
            .getHttpClient()
            .newBuilder()
            .callTimeout(LONGEST)
            .readTimeout(LONGEST)
            .retryOnConnectionFailure(false)
            .build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** From now on an agent that starts with this kubeconfig comes to its server this way only. */
  static FaultyWay before(Path kubeconfig) throws IOException, KubeconfigException {
    FaultyWay way = new FaultyWay(kubeconfig);
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        current-context: way
        contexts: [{name: way, context: {cluster: way, user: node}}]
        clusters: [{name: way, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: node, user: {token: of-the-way}}]
        """
            .formatted(way.server.getAddress().getPort()));
    return way;
  }

  /** Lays faults, and takes those away that were there. */
  void lay(Faults next) {
    faults.getAndSet(next).lift();
  }

  /** Cuts every watch that is open. */
  void cutWatches() {
    watches.forEach(HttpExchange::close);
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      String query = exchange.getRequestURI().getRawQuery();
      Faults.Call call =
          new Faults.Call(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              query != null && query.contains("watch=true"));
      byte[] body = exchange.getRequestBody().readAllBytes();
      Faults present = faults.get();
      switch (present.next(call)) {
        case Faults.None _ -> forward(exchange, call, body);
        case Faults.Reset _ -> {} // closed without an answer
        case Faults.LostAnswer _ -> request(exchange, body).close();
        case Faults.Slow slow -> {
          present.waitAtMost(slow.by());
          forward(exchange, call, body);
        }
        case Faults.Answer answer -> answer(exchange, answer);
      }
    } catch (IOException e) {
      // The node, or the server, is gone: so is the other one's connection.
    }
  }

  private static void answer(HttpExchange exchange, Faults.Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  private void forward(HttpExchange exchange, Faults.Call call, byte[] body) throws IOException {
    try (Response response = request(exchange, body);
        ResponseBody content = response.body()) {
      Headers headers = exchange.getResponseHeaders();
      response
          .headers()
          .forEach(
              header -> {
                if (!HOP_BY_HOP.contains(header.getFirst().toLowerCase(Locale.ROOT))) {
                  headers.add(header.getFirst(), header.getSecond());
                }
              });
      exchange.sendResponseHeaders(response.code(), 0);
      if (call.watch()) {
        watches.add(exchange);
      }
      copy(content.byteStream(), exchange.getResponseBody(), call);
    } finally {
      watches.remove(exchange);
    }
  }

  private void copy(InputStream from, OutputStream to, Faults.Call call) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    to.flush(); // the head of a watch that has nothing to tell yet
    for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
      boolean cut = call.watch() && faults.get().cutsStream();
      to.write(chunk, 0, cut ? count / 2 : count);
      to.flush();
      if (cut) {
        throw new IOException("cut in the middle of a line");
      }
    }
    to.close();
  }

  private Response request(HttpExchange exchange, byte[] body) throws IOException {
    String method = exchange.getRequestMethod();
    Headers headers = exchange.getRequestHeaders();
    Request.Builder request =
        new Request.Builder()
            .url(access.server().resolve(exchange.getRequestURI().toString()).toString())
            .method(
                method,
                body.length == 0 && (method.equals("GET") || method.equals("DELETE"))
                    ? null
                    : RequestBody.create(body));
    headers.forEach(
        (name, values) -> {
          if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT)) && !isOwn(name, values)) {
            values.forEach(value -> request.addHeader(name, value));
          }
        });
    return client.newCall(request.build()).execute();
  }

  /** The node's own token is this way's; guests have theirs. And bodies must come as they are. */
  private static boolean isOwn(String name, List<String> values) {
    return name.equalsIgnoreCase("Accept-Encoding")
        || (name.equalsIgnoreCase("Authorization")
            && values.getFirst().equals("Bearer of-the-way"));
  }

  @Override
  public void close() {
    lay(Faults.none());
    server.stop(0);
    access.close();
  }
}
