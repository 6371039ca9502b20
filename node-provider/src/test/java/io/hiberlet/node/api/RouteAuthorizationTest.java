package io.hiberlet.node.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Walks every route with every method, as callers who may and may not. */
@Timeout(120)
class RouteAuthorizationTest {
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND");

  private static final Map<String, String> VERBS =
      Map.of(
          "GET", "get", "HEAD", "get", "POST", "create", "PUT", "update", "PATCH", "patch",
          "DELETE", "delete");

  /**
   * @param rights the subresources of which one is enough, in the order in which they are asked for
   * @param methods that it answers
   */
  private record Route(String path, List<String> rights, List<String> methods) {
    private static final List<String> STREAMS = List.of("exec", "attach", "portForward", "run");

    /** What gives control over a container is never a right to read. */
    String verb(String method) {
      return STREAMS.stream().anyMatch(root -> path.startsWith("/" + root + "/"))
          ? "create"
          : VERBS.getOrDefault(method, "");
    }
  }

  private static final String RING = "/default/ring/main";
  private static final String BY_UID = "/default/ring/" + FakePods.UID + "/main";
  private static final List<String> READ = List.of("GET", "HEAD");
  private static final List<String> STREAM = List.of("GET", "POST");
  private static final List<String> PROXY = List.of("proxy");

  /** All of them, and some that are none. */
  private static final List<Route> ROUTES =
      List.of(
          new Route("/healthz", List.of("healthz", "proxy"), READ),
          new Route("/configz", List.of("configz", "proxy"), READ),
          new Route("/pods", List.of("pods", "proxy"), READ),
          new Route("/runningpods/", List.of("pods", "proxy"), READ),
          new Route("/stats/summary", List.of("stats"), List.of("GET", "HEAD", "POST")),
          new Route("/metrics", List.of("metrics"), READ),
          new Route("/metrics/resource", List.of("metrics"), READ),
          new Route("/metrics/probes", List.of("metrics"), READ),
          new Route("/checkpoint" + RING, List.of("checkpoint"), List.of("POST")),
          new Route("/containerLogs" + RING, PROXY, List.of("GET")),
          new Route("/containerLogs" + BY_UID, PROXY, List.of("GET")),
          new Route("/exec" + RING + "?command=x&output=1", PROXY, STREAM),
          new Route("/exec" + BY_UID + "?command=x&output=1", PROXY, STREAM),
          new Route("/attach" + RING + "?output=1", PROXY, STREAM),
          new Route("/attach" + BY_UID + "?output=1", PROXY, STREAM),
          new Route("/portForward/default/ring", PROXY, STREAM),
          new Route("/portForward/default/ring/" + FakePods.UID, PROXY, STREAM),
          new Route("/run" + RING, PROXY, STREAM),
          new Route("/logs/messages", List.of("log"), List.of()),
          new Route("/stats/container", List.of("stats"), List.of()),
          new Route("/metrics/cadvisor", List.of("metrics"), List.of()),
          new Route("/debug/pprof/heap", PROXY, List.of()),
          new Route("/", PROXY, List.of()));

  private ServerFixture fixture;
  private HttpClient client;

  @BeforeEach
  void start() throws IOException {
    fixture = new ServerFixture();
    client = client(null);
  }

  @AfterEach
  void stop() {
    client.close();
    fixture.close();
  }

  @Test
  void nobodyGetsInWithoutCredentialsOrWithWrongOnes() throws Exception {
    for (Route route : ROUTES) {
      for (String method : METHODS) {
        for (String token : new String[] {null, "", "expired", "good but not quite"}) {
          HttpResponse<String> refused = send(client, method, route, token);
          assertEquals(401, refused.statusCode(), method + " " + route.path() + " as " + token);
        }
      }
    }
    assertTrue(fixture.questions.isEmpty(), "nobody is asked what an unknown caller may do");
  }

  @Test
  void certificatesOfOthersOrOfAnotherTimeReachNothing() throws Exception {
    for (TestAuthority.Identity wrong :
        List.of(
            ServerFixture.CLIENT_CA.issueExpiredClient("CN=admin"),
            TestAuthority.create("someone").issueClient("CN=admin"))) {
      try (HttpClient stranger = client(wrong)) {
        for (Route route : ROUTES) {
          assertThrows(IOException.class, () -> send(stranger, "GET", route, "good"), route.path());
        }
      }
    }
    assertTrue(fixture.questions.isEmpty());
  }

  @Test
  void aRightToSomethingElseIsNotEnough() throws Exception {
    List<String> all =
        ROUTES.stream().flatMap(route -> route.rights().stream()).distinct().toList();
    for (Route route : ROUTES) {
      fixture.allowed = all.stream().filter(right -> !route.rights().contains(right)).toList();
      for (String method : METHODS) {
        HttpResponse<String> refused = send(client, method, route, "good");
        assertEquals(403, refused.statusCode(), method + " " + route.path());
        assertEquals(asked(route, method), drain(), "every right is asked for, and no other");
        if (!method.equals("HEAD")) {
          assertEquals(
              "Forbidden (user=jane, verb=%s, resource=nodes, subresource(s)=[%s])\n"
                  .formatted(route.verb(method), String.join(" ", route.rights())),
              refused.body());
        }
      }
    }
  }

  @Test
  void eachRightIsEnoughByItselfAndOnlyWithMethodsOfTheRoute() throws Exception {
    for (Route route : ROUTES) {
      for (String right : route.rights()) {
        fixture.allowed = List.of(right);
        for (String method : METHODS) {
          HttpResponse<String> answer = send(client, method, route, "good");
          String what = "%s %s with %s".formatted(method, route.path(), right);
          if (route.methods().isEmpty()) {
            assertEquals(404, answer.statusCode(), what);
          } else if (route.methods().contains(method)) {
            assertTrue(
                !List.of(401, 403, 404, 405).contains(answer.statusCode()),
                () -> what + ": " + answer.statusCode());
          } else {
            assertEquals(405, answer.statusCode(), what);
            assertEquals(
                String.join(", ", route.methods()),
                answer.headers().firstValue("allow").orElse(""),
                what);
          }
        }
      }
    }
  }

  @Test
  void anAuthorizerThatDoesNotAnswerLetsNobodyIn() throws Exception {
    fixture.review =
        about -> {
          if (about.equals("what")) {
            throw new IOException("the API server is away");
          }
        };
    for (Route route : ROUTES) {
      HttpResponse<String> answer = send(client, "GET", route, "good");
      assertEquals(500, answer.statusCode(), route.path());
      assertEquals(
          "Authorization error (user=jane, verb=%s, resource=nodes, subresource=%s)\n"
              .formatted(route.verb("GET"), route.rights().getFirst()),
          answer.body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"who", "what"})
  void whoLeavesWhileTheApiServerIsAskedIsNeitherRefusedNorAnError(String question)
      throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    fixture.review =
        about -> {
          if (about.equals(question)) {
            asked.countDown();
            awaitInterrupt();
          }
        };
    try (SSLSocket socket = fixture.connect(null)) {
      String request = "GET /pods HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      assertTrue(asked.await(10, TimeUnit.SECONDS));
    }
    Await.until("the end", () -> !fixture.answers.isEmpty());
    assertEquals(List.of("pods 0"), List.copyOf(fixture.answers));
  }

  /** As an HTTP client does: it fails, and leaves its thread interrupted. */
  private static void awaitInterrupt() throws IOException {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Test
  void everyPageIsWalked() {
    Set<String> walked =
        ROUTES.stream().map(route -> route.path().replaceAll("^/|/$", "")).collect(toSet());
    assertTrue(walked.containsAll(NodePages.paths()), () -> walked + " " + NodePages.paths());
  }

  private List<String> asked(Route route, String method) {
    return route.rights().stream()
        .map(right -> "jane %s %s".formatted(route.verb(method), right).replace("  ", " "))
        .toList();
  }

  private List<String> drain() {
    List<String> asked =
        fixture.questions.stream().map(question -> question.replace("  ", " ")).toList();
    fixture.questions.clear();
    return asked;
  }

  private static HttpClient client(TestAuthority.Identity identity) {
    return HttpClient.newBuilder().sslContext(ServerFixture.tls(identity)).build();
  }

  private HttpResponse<String> send(HttpClient from, String method, Route route, String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(fixture.url(route.path())))
            .version(HttpClient.Version.HTTP_1_1)
            .method(method, BodyPublishers.noBody());
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return from.send(request.build(), BodyHandlers.ofString());
  }
}
