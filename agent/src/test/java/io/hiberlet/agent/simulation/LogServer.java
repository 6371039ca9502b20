package io.hiberlet.agent.simulation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The logs of {@link WitnessProcess}'s controllers, on a real network. Its lists know of no event,
 * so every event must come through a watch. Thread-safe.
 */
final class LogServer implements AutoCloseable {
  private static final Pattern WATCH = Pattern.compile("watch=true&resourceVersion=([0-9a-f]{16})");
  private static final long FIRST_VERSION = 1000;
  private static final long BEAT_MILLIS = 700;
  private static final long BOOKMARK_MILLIS = 150;
  private static final int LINES_OF_A_STREAM = 60;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final List<Ledger> ledgers = new ArrayList<>();
  private final SplittableRandom random;
  private long version = FIRST_VERSION;
  private @Nullable String violation;

  LogServer(int pods, SplittableRandom random) throws IOException {
    this.random = random;
    for (int pod = 0; pod < pods; pod++) {
      ledgers.add(new Ledger(pod + 1, FIRST_VERSION, BEAT_MILLIS));
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/log", this::log);
    server.createContext("/ack", this::report);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Something happens to one of the controllers. */
  synchronized void append() {
    ledgers.get(random.nextInt(ledgers.size())).append(++version, random.nextLong());
    notifyAll();
  }

  synchronized boolean isUpToDate() {
    return ledgers.stream().allMatch(ledger -> ledger.acknowledged() == ledger.size());
  }

  synchronized @Nullable String violation() {
    return violation;
  }

  synchronized int events() {
    return ledgers.stream().mapToInt(Ledger::size).sum();
  }

  synchronized String describe() {
    StringBuilder text = new StringBuilder();
    ledgers.forEach(
        ledger -> text.append(" %d of %d".formatted(ledger.acknowledged(), ledger.size())));
    return text.toString();
  }

  private Ledger ledger(HttpExchange exchange) {
    String uid =
        exchange.getRequestHeaders().getFirst("Authorization").substring("Bearer uid-".length());
    return ledgers.get(Integer.parseInt(uid));
  }

  private void report(HttpExchange exchange) throws IOException {
    synchronized (this) {
      String wrong = ledger(exchange).report(exchange.getRequestURI().getPath());
      violation = violation == null ? wrong : violation;
    }
    answer(exchange, new byte[0]);
  }

  private void log(HttpExchange exchange) throws IOException {
    Ledger ledger = ledger(exchange);
    String query = exchange.getRequestURI().getQuery();
    Matcher watch = WATCH.matcher(query == null ? "" : query);
    if (!watch.find()) {
      byte[] body;
      synchronized (this) {
        body = ledger.list(0, FIRST_VERSION);
      }
      answer(exchange, body);
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    try (exchange;
        OutputStream body = exchange.getResponseBody()) {
      stream(ledger, Ledger.number(watch.group(1)), body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A stream of so many lines, a bookmark where nothing happens. */
  private void stream(Ledger ledger, long from, OutputStream body)
      throws IOException, InterruptedException {
    int sent;
    int left;
    synchronized (this) {
      sent = ledger.sizeAt(from);
      left = 1 + random.nextInt(LINES_OF_A_STREAM);
    }
    for (; left > 0; left--) {
      String line;
      synchronized (this) {
        if (sent == ledger.size()) {
          wait(BOOKMARK_MILLIS);
        }
        line = sent < ledger.size() ? ledger.line(sent++) : Ledger.bookmark(version);
      }
      body.write(Ledger.utf8(line));
      body.flush();
    }
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
