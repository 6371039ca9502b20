package io.hiberlet.agent.module.registry;

import io.hiberlet.agent.module.registry.RegistryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a registry and whom it names, each bounded in time and redirects. One per pull or
 * push, so that nothing of it is left on an idle node; used by one thread at a time.
 */
final class RegistryHttp implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(60);

  /** What an upload is given time for at the least. */
  private static final int SLOWEST_BYTES_PER_SECOND = 16 << 10;

  private static final int MAX_REDIRECTS = 5;
  private static final int MAX_CAUSES = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private static final Set<Integer> BUSY = Set.of(429, 503);
  private static final int MAX_RETRIES = 2;
  private static final Duration SHORT_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;

  /**
   * @param tls with those who may vouch for servers; empty for those whom the JVM knows
   */
  RegistryHttp(Optional<SSLContext> tls) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .executor(executor)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER) // it would take the credentials along
            .connectTimeout(CONNECT_TIMEOUT);
    tls.ifPresent(builder::sslContext);
    client = builder.build();
  }

  /**
   * A request.
   *
   * @param body sent whole; empty for none
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record Call(String method, URI uri, Map<String, String> headers, byte[] body) {

    static Call get(URI uri, Map<String, String> headers) {
      return new Call("GET", uri, headers, new byte[0]);
    }

    private HttpRequest request(Optional<String> authorization) {
      long seconds = body.length / SLOWEST_BYTES_PER_SECOND;
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .timeout(HEAD_TIMEOUT.plusSeconds(seconds))
              .method(
                  method,
                  body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
      headers.forEach(request::setHeader);
      authorization.ifPresent(value -> request.setHeader("Authorization", value));
      return request.build();
    }
  }

  /**
   * Sends a request that nobody redirects, such as one that changes something.
   *
   * @param authorization for whoever the URI names
   */
  Reply send(Call call, Optional<String> authorization) throws IOException, InterruptedException {
    return patiently(call, authorization);
  }

  /**
   * Gets what is there, redirects followed. Credentials do not follow to another host.
   *
   * @param authorization for whoever the URI names
   */
  Reply get(URI uri, Map<String, String> headers, Optional<String> authorization)
      throws IOException, InterruptedException {
    URI at = uri;
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      Optional<String> own = isSameOrigin(uri, at) ? authorization : Optional.empty();
      Reply reply = patiently(Call.get(at, headers), own);
      if (!REDIRECTS.contains(reply.status())) {
        return reply;
      }
      reply.close();
      at = redirected(at, reply);
    }
    throw new RegistryException(Kind.INVALID, "the registry redirects too often");
  }

  private static URI redirected(URI from, Reply reply) throws RegistryException {
    String location =
        reply
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> new RegistryException(Kind.INVALID, "a redirect to nowhere"));
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) { // its message may quote a signed address
      throw new RegistryException(Kind.INVALID, "a redirect to what is no address");
    }
    if (to.getHost() == null || !Set.of("http", "https").contains(to.getScheme())) {
      throw new RegistryException(Kind.INVALID, "a redirect to what is no address");
    }
    if (from.getScheme().equals("https") && !to.getScheme().equals("https")) {
      throw new RegistryException(
          Kind.INVALID, "a redirect to %s without TLS".formatted(to.getHost()));
    }
    return to;
  }

  static boolean isSameOrigin(URI one, URI other) {
    return Objects.equals(one.getScheme(), other.getScheme())
        && Objects.equals(one.getAuthority(), other.getAuthority());
  }

  /** A server that says when to come again is asked again, if that is soon. */
  private Reply patiently(Call call, Optional<String> authorization)
      throws IOException, InterruptedException {
    for (int retries = 0; ; retries++) {
      Reply reply = once(call, authorization);
      if (!BUSY.contains(reply.status()) || retries == MAX_RETRIES) {
        return reply;
      }
      Duration wait = retryAfter(reply).orElse(SHORT_WAIT);
      if (wait.compareTo(LONGEST_WAIT) > 0) {
        return reply;
      }
      reply.close();
      Thread.sleep(wait);
    }
  }

  /** Seconds; a date (RFC 9110 allows one) is as good as nothing said. */
  static Optional<Duration> retryAfter(Reply reply) {
    return reply
        .headers()
        .firstValue("Retry-After")
        .filter(value -> value.matches("\\d{1,6}"))
        .map(Integer::parseInt)
        .map(Duration::ofSeconds);
  }

  private Reply once(Call call, Optional<String> authorization)
      throws IOException, InterruptedException {
    URI uri = call.uri();
    try {
      HttpResponse<InputStream> response =
          client.send(call.request(authorization), BodyHandlers.ofInputStream());
      return new Reply(response.statusCode(), response.headers(), response.body(), uri);
    } catch (IOException e) {
      throw new RegistryException(Kind.UNAVAILABLE, reason(e, uri.getHost()), e);
    }
  }

  private static String reason(IOException failure, String host) {
    @Nullable Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      switch (cause) {
        case UnresolvedAddressException _ -> {
          return "no such host: " + host;
        }
        case SSLException e -> {
          return "TLS with %s: %s".formatted(host, e.getMessage());
        }
        default -> cause = cause.getCause();
      }
    }
    return switch (failure) {
      case ConnectException _ -> "cannot connect to " + host;
      case HttpTimeoutException _ -> "no answer from " + host;
      default -> "%s: %s".formatted(host, failure.getMessage());
    };
  }

  /** Ends whatever is under way. */
  @Override
  public void close() {
    client.shutdownNow();
    executor.shutdownNow();
  }
}
