package io.hiberlet.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hiberlet.node.client.ApiServerAccess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The few manners of an API server that a node meets: objects with UIDs and resource versions,
 * merge patches, preconditions, and a list and watch of all pods. Faults are injected by the test.
 */
public final class FakeApiServer implements AutoCloseable {

  /**
   * What was asked.
   *
   * @param authorization the header; empty when there was none
   */
  public record Request(
      String method, String path, String query, String authorization, String body) {
    public boolean is(String wantedMethod, String wantedPath) {
      return method.equals(wantedMethod) && path.equals(wantedPath);
    }
  }

  private record Change(long version, String event) {}

  private record Fault(Predicate<Request> when, int status, boolean lasts, AtomicBoolean used) {
    boolean hits(Request request) {
      return when.test(request) && (lasts || used.compareAndSet(false, true));
    }
  }

  private final HttpServer server;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Fault> faults = new CopyOnWriteArrayList<>();
  private final Map<String, JsonObject> objects = new TreeMap<>();
  private final List<Change> podChanges = new ArrayList<>();
  private long version = 1;
  private long oldestVersion;
  private int watchGeneration;
  private boolean closed;

  public FakeApiServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** The way to this server; its kubeconfig is written into a directory. */
  public ApiServerAccess access(Path directory) throws Exception {
    return ApiServerAccess.load(
        Files.writeString(
            directory.resolve("kubeconfig"),
            """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u}}]
            clusters: [{name: k, cluster: {server: "http://127.0.0.1:%d"}}]
            users: [{name: u, user: {token: secret}}]
            """
                .formatted(server.getAddress().getPort())));
  }

  public List<Request> requests() {
    return requests;
  }

  public long count(String method, String path) {
    return requests.stream().filter(request -> request.is(method, path)).count();
  }

  /** The next matching request is refused; repeat for more. */
  public void failOnce(Predicate<Request> when, int status) {
    faults.add(new Fault(when, status, false, new AtomicBoolean()));
  }

  /** Every matching request is refused until {@link #recover}. */
  public void failAlways(Predicate<Request> when, int status) {
    faults.add(new Fault(when, status, true, new AtomicBoolean()));
  }

  /** No fault is left. */
  public void recover() {
    faults.clear();
  }

  public static String podPath(String name) {
    return "/api/v1/namespaces/n/pods/" + name;
  }

  /** Creates or replaces an object; it gets a UID if it has none. */
  public synchronized JsonObject put(String path, String json) {
    return store(path, JsonParser.parseString(json).getAsJsonObject());
  }

  /** A pod bound to the node; returns it as stored. */
  public JsonObject putPod(String name, String uid) {
    return put(
        podPath(name),
        """
        {"metadata": {"namespace": "n", "name": "%s", "uid": "%s"},
         "spec": {"containers": [{"name": "main"}]}, "status": {"phase": "Pending"}}
        """
            .formatted(name, uid));
  }

  /** Changes an object in place. */
  public synchronized void change(String path, UnaryOperator<JsonObject> change) {
    store(path, change.apply(objects.get(path).deepCopy()));
  }

  public synchronized void remove(String path) {
    JsonObject gone = objects.remove(path);
    if (gone != null) {
      gone.getAsJsonObject("metadata").addProperty("resourceVersion", Long.toString(++version));
      publish(path, "DELETED", gone);
    }
  }

  public synchronized JsonObject get(String path) {
    return objects.get(path);
  }

  /** The paths of all objects below a collection. */
  public synchronized List<String> paths(String collection) {
    return objects.keySet().stream().filter(path -> path.startsWith(collection + "/")).toList();
  }

  /** Ends all watches, as a restart of the server does. */
  public synchronized void dropWatches() {
    watchGeneration++;
    notifyAll();
  }

  /** Ends all watches and forgets what has happened so far, so that watches get a 410. */
  public synchronized void forgetHistory() {
    oldestVersion = ++version;
    dropWatches();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var request =
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              String.valueOf(exchange.getRequestURI().getQuery()),
              Objects.requireNonNullElse(
                  exchange.getRequestHeaders().getFirst("Authorization"), ""),
              new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      requests.add(request);
      Optional<Fault> fault = faults.stream().filter(f -> f.hits(request)).findFirst();
      if (fault.isPresent()) {
        reply(exchange, fault.get().status(), "{\"message\": \"injected\"}");
        return;
      }
      if (request.query().contains("watch=true")) {
        watch(exchange, request);
      } else {
        answer(exchange, request);
      }
    }
  }

  private synchronized void answer(HttpExchange exchange, Request request) throws IOException {
    String path = request.path().replaceAll("/status$", "");
    JsonObject present = objects.get(path);
    if (request.is("GET", "/api/v1/pods")) {
      reply(exchange, 200, podList().toString());
    } else if (request.method().equals("POST")) {
      JsonObject created = JsonParser.parseString(request.body()).getAsJsonObject();
      String name = created.getAsJsonObject("metadata").get("name").getAsString();
      if (objects.containsKey(path + "/" + name)) {
        reply(exchange, 409, "{\"message\": \"exists\"}");
      } else {
        reply(exchange, 201, store(path + "/" + name, created).toString());
      }
    } else if (present == null) {
      reply(exchange, 404, "{\"message\": \"not found\"}");
    } else {
      existing(exchange, request, path, present);
    }
  }

  private void existing(HttpExchange exchange, Request request, String path, JsonObject present)
      throws IOException {
    JsonObject body =
        request.body().isBlank()
            ? new JsonObject()
            : JsonParser.parseString(request.body()).getAsJsonObject();
    JsonElement uid =
        body.has("preconditions")
            ? body.getAsJsonObject("preconditions").get("uid")
            : body.has("metadata") ? body.getAsJsonObject("metadata").get("uid") : null;
    if (uid != null && !uid.equals(present.getAsJsonObject("metadata").get("uid"))) {
      reply(exchange, 409, "{\"message\": \"another UID\"}");
    } else if (request.method().equals("PATCH")) {
      reply(exchange, 200, store(path, merged(present.deepCopy(), body)).toString());
    } else if (request.method().equals("DELETE")) {
      remove(path);
      reply(exchange, 200, present.toString());
    } else {
      reply(exchange, 200, present.toString());
    }
  }

  private JsonObject store(String path, JsonObject object) {
    JsonObject metadata = object.getAsJsonObject("metadata");
    if (!metadata.has("uid")) {
      metadata.addProperty("uid", UUID.randomUUID().toString());
    }
    metadata.addProperty("resourceVersion", Long.toString(++version));
    boolean isNew = objects.put(path, object) == null;
    publish(path, isNew ? "ADDED" : "MODIFIED", object);
    return object;
  }

  private void publish(String path, String type, JsonObject object) {
    if (path.contains("/pods/")) {
      JsonObject event = new JsonObject();
      event.addProperty("type", type);
      event.add("object", object.deepCopy());
      podChanges.add(new Change(version, event.toString()));
      notifyAll();
    }
  }

  private JsonObject podList() {
    JsonArray items = new JsonArray();
    objects.forEach(
        (path, object) -> {
          if (path.contains("/pods/")) {
            items.add(object);
          }
        });
    JsonObject list = new JsonObject();
    list.add("items", items);
    list.add("metadata", JsonParser.parseString("{\"resourceVersion\": \"" + version + "\"}"));
    return list;
  }

  private void watch(HttpExchange exchange, Request request) throws IOException {
    long from = Long.parseLong(request.query().replaceAll(".*resourceVersion=(\\d+).*", "$1"));
    int generation;
    synchronized (this) {
      generation = watchGeneration;
      if (from < oldestVersion) {
        reply(exchange, 410, "{\"message\": \"too old resource version\"}");
        return;
      }
    }
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush();
    for (String event = next(from, generation); event != null; event = next(from, generation)) {
      out.write((event + "\n").getBytes(UTF_8));
      out.flush();
      from =
          JsonParser.parseString(event)
              .getAsJsonObject()
              .getAsJsonObject("object")
              .getAsJsonObject("metadata")
              .get("resourceVersion")
              .getAsLong();
    }
  }

  private synchronized String next(long from, int generation) {
    try {
      while (!closed && generation == watchGeneration) {
        for (Change change : podChanges) {
          if (change.version() > from) {
            return change.event();
          }
        }
        wait();
      }
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static JsonObject merged(JsonObject object, JsonObject patch) {
    patch
        .entrySet()
        .forEach(
            field -> {
              JsonElement old = object.get(field.getKey());
              if (field.getValue().isJsonNull()) {
                object.remove(field.getKey());
              } else if (old instanceof JsonObject o && field.getValue() instanceof JsonObject p) {
                merged(o, p);
              } else {
                object.add(field.getKey(), field.getValue());
              }
            });
    return object;
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    if (status == 429) {
      exchange.getResponseHeaders().set("Retry-After", "60");
    }
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
