package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A registry on loopback, plain HTTP, as much of the distribution specification as a pull needs.
 */
final class FakeRegistry implements AutoCloseable {
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final String INDEX = "application/vnd.oci.image.index.v1+json";

  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  private record Document(String type, byte[] bytes) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Document> manifests = new ConcurrentHashMap<>();
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();

  final AtomicInteger blobReads = new AtomicInteger();
  final CountDownLatch stalled = new CountDownLatch(1);
  volatile int status;
  volatile boolean stalls;
  volatile boolean circles;

  FakeRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** {@code host:port}. */
  String name() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Stores a manifest under its digest and under a tag. */
  ModuleDigest manifest(String tag, String type, String json) {
    var document = new Document(type, json.getBytes(UTF_8));
    var digest = ModuleDigest.of(document.bytes());
    manifests.put(tag, document);
    manifests.put(digest.value(), document);
    return digest;
  }

  /** Stores an artifact of one layer. */
  ModuleDigest artifact(String tag, String layerType, byte[] layer) {
    var digest = ModuleDigest.of(layer);
    blobs.put(digest.value(), layer);
    return manifest(tag, MANIFEST, manifestOf(layerType, digest, layer.length));
  }

  /** Serves something else under a digest. */
  void forge(ModuleDigest digest, byte[] layer) {
    blobs.put(digest.value(), layer);
  }

  void forgeManifest(ModuleDigest digest, String json) {
    manifests.put(digest.value(), new Document(MANIFEST, json.getBytes(UTF_8)));
  }

  static String manifestOf(String layerType, ModuleDigest layer, long size) {
    return """
    {"schemaVersion":2,"mediaType":"%s",
     "config":{"mediaType":"application/vnd.wasm.config.v0+json","digest":"%s","size":2},
     "layers":[{"mediaType":"%s","digest":"%s","size":%d}]}\
    """
        .formatted(MANIFEST, ModuleDigest.of("{}".getBytes(UTF_8)), layerType, layer, size);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String last = path.substring(path.lastIndexOf('/') + 1);
      if (circles) {
        exchange.getResponseHeaders().add("Location", "http://" + name() + path);
        exchange.sendResponseHeaders(307, -1);
      } else if (stalls) {
        awaitForever();
      } else if (status != 0) {
        exchange.sendResponseHeaders(status, -1);
      } else if (path.contains("/manifests/") && manifests.containsKey(last)) {
        send(exchange, manifests.get(last));
      } else if (path.contains("/blobs/") && blobs.containsKey(last)) {
        blobReads.incrementAndGet();
        send(exchange, new Document("application/octet-stream", blobs.get(last)));
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private void awaitForever() {
    try {
      stalled.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, Document document) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", document.type());
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().add("Content-Length", "" + document.bytes().length);
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, document.bytes().length);
    exchange.getResponseBody().write(document.bytes());
  }

  @Override
  public void close() {
    stalled.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
