package io.hiberlet.node.api.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kubernetes.client.openapi.ApiClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReviewsTest {

  private static final User JANE =
      new User("jane", "1", List.of("devs"), Map.of("scope", List.of("a")));

  private final ConcurrentLinkedDeque<JsonObject> reviews = new ConcurrentLinkedDeque<>();
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);
  private volatile int httpStatus = 201;
  private volatile String answer = "{}";
  private HttpServer apiServer;
  private ApiClient client;

  @BeforeEach
  void start() throws IOException {
    apiServer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    apiServer.createContext("/", this::review);
    apiServer.start();
    client = new ApiClient().setBasePath("http://localhost:" + apiServer.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    apiServer.stop(0);
  }

  @Test
  void aTokenIsReviewedOnceInItsTime() throws IOException {
    answer = "{\"authenticated\":true,\"user\":{\"username\":\"jane\",\"groups\":[\"devs\"]}}";
    var authenticator = new TokenReviewAuthenticator(client, nanoTime::get);
    User user = authenticator.authenticate(token("secret")).orElseThrow();
    assertEquals(new User("jane", "", List.of("devs"), Map.of()), user);
    assertEquals("secret", reviews.getLast().getAsJsonObject("spec").get("token").getAsString());

    nanoTime.addAndGet(Duration.ofSeconds(119).toNanos());
    assertEquals(user, authenticator.authenticate(token("secret")).orElseThrow());
    assertEquals(1, reviews.size());
    nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
    answer = "{\"authenticated\":false}";
    assertEquals(Optional.empty(), authenticator.authenticate(token("secret")));
    assertEquals(2, reviews.size());
  }

  @Test
  void whoShowsNoTokenIsNotAskedAbout() throws IOException {
    var authenticator = new TokenReviewAuthenticator(client, nanoTime::get);
    assertEquals(Optional.empty(), authenticator.authenticate(new Credentials(null, null)));
    assertEquals(Optional.empty(), authenticator.authenticate(token("")));
    assertTrue(reviews.isEmpty());
  }

  @Test
  void aUserWithoutANameIsNobody() throws IOException {
    answer = "{\"authenticated\":true,\"user\":{}}";
    var authenticator = new TokenReviewAuthenticator(client, nanoTime::get);
    assertEquals(Optional.empty(), authenticator.authenticate(token("secret")));
  }

  @Test
  void anAccessIsReviewedWithTheKubeletsAttributes() throws IOException {
    answer = "{\"allowed\":true}";
    var authorizer = new SubjectAccessReviewAuthorizer(client, "edge-1", nanoTime::get);
    assertTrue(authorizer.isAllowed(JANE, "get", "metrics"));
    JsonObject spec = reviews.getLast().getAsJsonObject("spec");
    assertEquals("jane", spec.get("user").getAsString());
    assertEquals("[\"devs\"]", spec.get("groups").toString());
    assertEquals("{\"scope\":[\"a\"]}", spec.get("extra").toString());
    assertEquals(
        JsonParser.parseString(
            "{\"verb\":\"get\",\"version\":\"v1\",\"resource\":\"nodes\","
                + "\"name\":\"edge-1\",\"subresource\":\"metrics\"}"),
        spec.get("resourceAttributes"));
  }

  @Test
  void allowancesHoldLongerThanDenials() throws IOException {
    var authorizer = new SubjectAccessReviewAuthorizer(client, "edge-1", nanoTime::get);
    answer = "{\"allowed\":true}";
    assertTrue(authorizer.isAllowed(JANE, "get", "stats"));
    answer = "{\"allowed\":false}";
    assertFalse(authorizer.isAllowed(JANE, "get", "proxy"));
    answer = "{\"allowed\":true}";
    nanoTime.addAndGet(Duration.ofSeconds(29).toNanos());
    assertFalse(authorizer.isAllowed(JANE, "get", "proxy"));
    nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
    assertTrue(authorizer.isAllowed(JANE, "get", "proxy"));
    answer = "{\"allowed\":false}";
    nanoTime.addAndGet(Duration.ofSeconds(260).toNanos());
    assertTrue(authorizer.isAllowed(JANE, "get", "stats"));
    nanoTime.addAndGet(Duration.ofSeconds(20).toNanos());
    assertFalse(authorizer.isAllowed(JANE, "get", "stats"));
  }

  @Test
  void anApiServerThatFailsAllowsNobody() {
    httpStatus = 500;
    var authenticator = new TokenReviewAuthenticator(client, nanoTime::get);
    var authorizer = new SubjectAccessReviewAuthorizer(client, "edge-1", nanoTime::get);
    assertThrows(IOException.class, () -> authenticator.authenticate(token("secret")));
    assertThrows(IOException.class, () -> authorizer.isAllowed(JANE, "get", "stats"));
  }

  @Test
  void theCacheForgetsTheEntryUnusedForLongest() {
    ReviewCache<String, Integer> cache = new ReviewCache<>(2, nanoTime::get);
    cache.put("a", 1, Duration.ofMinutes(1));
    cache.put("b", 2, Duration.ofMinutes(1));
    assertEquals(Optional.of(1), cache.get("a"));
    cache.put("c", 3, Duration.ofMinutes(1));
    assertEquals(Optional.empty(), cache.get("b"));
    assertEquals(Optional.of(1), cache.get("a"));
  }

  private static Credentials token(String token) {
    return new Credentials(null, token);
  }

  private void review(HttpExchange exchange) throws IOException {
    JsonObject review =
        JsonParser.parseString(new String(exchange.getRequestBody().readAllBytes(), UTF_8))
            .getAsJsonObject();
    reviews.add(review);
    review.add("status", JsonParser.parseString(answer));
    byte[] body = review.toString().getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(httpStatus, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
