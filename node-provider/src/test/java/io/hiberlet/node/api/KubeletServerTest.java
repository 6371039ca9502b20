package io.hiberlet.node.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.Await;
import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.LogRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class KubeletServerTest {

  private ServerFixture fixture;
  private HttpClient client;

  @BeforeEach
  void start() throws IOException {
    fixture = new ServerFixture();
    client = HttpClient.newBuilder().sslContext(ServerFixture.tls(null)).build();
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /healthz, 200, jane get healthz",
    "GET, /metrics, 200, jane get metrics",
    "GET, /pods, 200, jane get pods",
    "GET, /pods/, 200, jane get pods",
    "GET, /runningpods, 200, jane get pods",
    "GET, /configz, 200, jane get configz",
    "GET, /stats/summary, 200, jane get stats",
    "POST, /stats/summary?only_cpu_and_memory=true, 200, jane create stats",
    "GET, /stats, 404, jane get stats",
    "GET, /metrics/resource, 200, jane get metrics",
    "GET, /metrics/probes, 200, jane get metrics",
    "POST, /checkpoint/default/ring/main, 200, jane create checkpoint",
    "POST, /checkpoint/default/ring/main?timeout=10, 200, jane create checkpoint",
    "POST, /checkpoint/default/ring/main?timeout=soon, 404, jane create checkpoint",
    "POST, /checkpoint/default/ring/none, 404, jane create checkpoint",
    "POST, /checkpoint/default/ring, 404, jane create checkpoint",
    "GET, /checkpoint/default/ring/main, 405, jane get checkpoint",
    "GET, /containerLogs/default/ring/main, 200, jane get proxy",
    "GET, /containerLogs/default/ring/11111111-2222-3333-4444-555555555555/main, 200, jane get"
        + " proxy",
    "GET, /containerLogs/default/ring/other-uid/main, 404, jane get proxy",
    "GET, /containerLogs/default/ring/none, 404, jane get proxy",
    "GET, /containerLogs/default/none/main, 404, jane get proxy",
    "GET, /containerLogs/default/ring, 404, jane get proxy",
    "GET, /containerLogs/default/ring/debugger, 400, jane get proxy",
    "POST, /attach/default/ring/debugger?output=1, 400, jane create proxy",
    "GET, /containerLogs/default/ring/main?tailLines=x, 400, jane get proxy",
    "GET, /containerLogs/default/ring/main?tailLines=-1, 422, jane get proxy",
    "GET, /containerLogs/default/ring/main?limitBytes=0, 422, jane get proxy",
    "GET, /containerLogs/default/ring/main?sinceTime=now, 400, jane get proxy",
    "GET, /containerLogs/default/ring/main?sinceSeconds=9223372036854775807, 400, jane get proxy",
    "GET, /containerLogs/default/ring/main?stream=Stderr, 200, jane get proxy",
    "GET, /containerLogs/default/ring/main?stream=stderr, 422, jane get proxy",
    "GET, /containerLogs/default/ring/main?stream=Stdout&tailLines=1, 422, jane get proxy",
    "POST, /containerLogs/default/ring/main, 405, jane create proxy",
    "DELETE, /pods, 405, jane delete pods",
    "POST, /healthz, 405, jane create healthz",
    "GET, /metrics/cadvisor, 404, jane get metrics",
    "GET, /, 404, jane get proxy",
    "GET, /nothing, 404, jane get proxy",
    "GET, /metrics/../exec/default/ring/main, 404, jane get metrics",
    "GET, /%65xec/default/ring/main, 400, jane create proxy",
    "GET, /exec/default/ring/main?command=x, 400, jane create proxy",
    "POST, /exec/default/ring/main?command=x&output=1, 400, jane create proxy",
    "POST, /exec/default/ring/main?output=1, 400, jane create proxy",
    "POST, /exec/default/none/main?command=x&output=1, 404, jane create proxy",
    "POST, /exec/default/ring/other-uid/main?command=x&output=1, 404, jane create proxy",
    "POST, /attach/default/ring/main?output=1, 400, jane create proxy",
    "POST, /attach/default/ring/main, 400, jane create proxy",
    "POST, /attach/default/none/main?output=1, 404, jane create proxy",
    "POST, /run/default/ring/main, 501, jane create proxy",
    "POST, /portForward/default/ring, 501, jane create proxy",
    "POST, /portForward/default/ring/11111111-2222-3333-4444-555555555555, 501, jane create proxy",
    "GET, /logs/messages, 404, jane get log"
  })
  void everyRouteHasItsStatusAndAsksForItsSubresource(
      String method, String path, int status, String question) throws Exception {
    assertEquals(status, send(method, path, "good").statusCode());
    assertEquals(question, fixture.questions.peek());
  }

  @Test
  void refusalsTellWhatWasAskedFor() throws Exception {
    fixture.allowed = List.of("metrics");
    assertEquals("Unauthorized\n", send("GET", "/pods", null).body());
    assertEquals(
        "Forbidden (user=jane, verb=get, resource=nodes, subresource(s)=[pods proxy])\n",
        send("GET", "/pods", "good").body());
    assertEquals("up 1\n", send("GET", "/metrics", "good").body());
    HttpResponse<String> wrongMethod = send("PUT", "/metrics", "good");
    assertEquals("GET, HEAD", wrongMethod.headers().firstValue("allow").orElseThrow());
  }

  @Test
  void answersAreToldByRouteHoweverTheyGo() throws Exception {
    fixture.containers.logs =
        (request, to) -> {
          throw new IllegalStateException("a fault");
        };
    send("GET", "/metrics/resource", "good");
    send("GET", "/pods/", null);
    send("GET", "/containerLogs/default/ring/main", "good");
    send("GET", "/containerLogs/default/" + "x".repeat(500) + "/main", "good");
    send("GET", "/whatever/x", "good");
    Await.until("the last answer", () -> fixture.answers.size() == 5);
    assertEquals(
        List.of(
            "metrics/resource 200",
            "pods 401",
            "containerLogs 500",
            "containerLogs 404",
            "other 404"),
        List.copyOf(fixture.answers));
    assertEquals(0, fixture.answering.get());
  }

  @Test
  void aClientCertificateNamesUserAndGroups() throws Exception {
    try (HttpClient admin =
        HttpClient.newBuilder().sslContext(ServerFixture.tls(ServerFixture.ADMIN)).build()) {
      HttpResponse<String> pods =
          admin.send(request("GET", "/pods", null), BodyHandlers.ofString());
      assertEquals(200, pods.statusCode());
      assertTrue(pods.body().contains(FakePods.UID));
    }
    assertEquals("admin", fixture.lastUser.name());
    assertTrue(
        fixture.lastUser.groups().containsAll(List.of("masters", "more", "system:authenticated")));
  }

  @Test
  void certificatesOfOthersAndExpiredOnesAreRefused() throws Exception {
    for (TestAuthority.Identity wrong :
        List.of(
            TestAuthority.create("someone").issueClient("CN=admin"),
            ServerFixture.SERVER_CA.issueClient("CN=admin"),
            ServerFixture.CLIENT_CA.issueServer(),
            ServerFixture.CLIENT_CA.issueExpiredClient("CN=admin"))) {
      try (HttpClient stranger =
          HttpClient.newBuilder().sslContext(ServerFixture.tls(wrong)).build()) {
        assertThrows(
            IOException.class,
            () -> stranger.send(request("GET", "/pods", "good"), BodyHandlers.ofString()));
      }
    }
    assertTrue(fixture.questions.isEmpty());
  }

  @Test
  void logOptionsReachTheContainer() throws Exception {
    CompletableFuture<LogRequest> seen = new CompletableFuture<>();
    fixture.containers.logs = (request, to) -> seen.complete(request);
    send(
        "GET",
        "/containerLogs/default/ring/main?follow=true&previous=false&timestamps=true"
            + "&tailLines=7&limitBytes=9&sinceTime=2026-11-21T10:00:00%2B01:00",
        "good");
    LogRequest request = seen.get(5, TimeUnit.SECONDS);
    assertEquals(
        new LogRequest(
            "default",
            "ring",
            FakePods.UID,
            "main",
            true,
            false,
            true,
            java.time.Instant.parse("2026-11-21T09:00:00Z"),
            OptionalLong.of(7),
            OptionalLong.of(9),
            null),
        request);
  }

  @Test
  void logErrorsAreToldAsLongAsNothingWasSent() throws Exception {
    fixture.containers.logs =
        (request, to) -> {
          throw new NoSuchContainerException("previous terminated container not found");
        };
    HttpResponse<String> missing = send("GET", "/containerLogs/default/ring/main", "good");
    assertEquals(400, missing.statusCode());
    assertEquals("previous terminated container not found\n", missing.body());
    fixture.containers.logs =
        (request, to) -> {
          to.write("a part".getBytes(UTF_8));
          throw new IOException("disk gone");
        };
    assertThrows(IOException.class, () -> send("GET", "/containerLogs/default/ring/main", "good"));
  }

  @Test
  void aCheckpointIsNamedAndAFailedOneSaysWhy() throws Exception {
    HttpResponse<String> written = send("POST", "/checkpoint/default/ring/main", "good");
    assertEquals("{\"items\":[\"default/ring/main\"]}", written.body());
    assertEquals("application/json", written.headers().firstValue("content-type").orElseThrow());
    fixture.containers.checkpoint =
        container -> {
          throw new IOException("the disk is full");
        };
    HttpResponse<String> failed = send("POST", "/checkpoint/default/ring/main", "good");
    assertEquals(500, failed.statusCode());
    assertEquals("checkpointing of default/ring/main failed (the disk is full)\n", failed.body());
  }

  @Test
  void aSlowReaderHoldsTheWriterBackAndLeavingInterruptsIt() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Long> written = new CompletableFuture<>();
    fixture.containers.logs =
        (request, to) -> {
          long bytes = 0;
          started.countDown();
          try {
            while (bytes < 1L << 30) {
              to.write(new byte[64 << 10]);
              bytes += 64 << 10;
            }
          } finally {
            written.complete(bytes);
          }
        };
    try (var socket = fixture.connect(ServerFixture.ADMIN)) {
      write(socket, "GET /containerLogs/default/ring/main HTTP/1.1\r\nHost: x\r\n\r\n");
      assertTrue(started.await(5, TimeUnit.SECONDS));
      assertThrows(
          java.util.concurrent.TimeoutException.class, () -> written.get(1, TimeUnit.SECONDS));
    }
    assertTrue(written.get(10, TimeUnit.SECONDS) < 64 << 20, "sent without being read");
  }

  @Test
  void followingASilentLogEndsWhenTheClientLeaves() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    fixture.containers.logs =
        (request, to) -> {
          started.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
        };
    try (var socket = fixture.connect(ServerFixture.ADMIN)) {
      write(socket, "GET /containerLogs/default/ring/main HTTP/1.1\r\nHost: x\r\n\r\n");
      assertTrue(started.await(5, TimeUnit.SECONDS));
    }
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @CsvSource({"'GET /%zz HTTP/1.1', 400", "'GET http://x/pods HTTP/1.1', 400", "'G@T', 400"})
  void malformedRequestsAreRefused(String line, int status) throws Exception {
    assertEquals(status, statusOf(line + "\r\nHost: x\r\n\r\n"));
  }

  @Test
  void whateverIsSentTheServerServesOn() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] seeds =
        "GET POST /exec/default/ring/main?command=%20&output=1 HTTP/1.1\r\nUpgrade: SPDY/3.1\r\n"
            .getBytes(UTF_8);
    for (int i = 0; i < 60; i++) {
      byte[] bytes = new byte[random.nextInt(2000)];
      for (int n = 0; n < bytes.length; n++) {
        bytes[n] = random.nextInt(10) == 0 ? (byte) random.nextInt() : seeds[n % seeds.length];
      }
      try (var socket = fixture.connect(ServerFixture.ADMIN)) {
        socket.getOutputStream().write(bytes);
      }
    }
    assertEquals(200, send("GET", "/healthz", "good").statusCode(), "seed " + seed);
  }

  private int statusOf(String request) throws IOException {
    try (var socket = fixture.connect(ServerFixture.ADMIN)) {
      write(socket, request);
      byte[] head = socket.getInputStream().readNBytes(12);
      return Integer.parseInt(new String(head, 9, 3, ISO_8859_1));
    }
  }

  private static void write(javax.net.ssl.SSLSocket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private HttpResponse<String> send(String method, String path, String token) throws Exception {
    return client.send(request(method, path, token), BodyHandlers.ofString());
  }

  private HttpRequest request(String method, String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(fixture.url(path)))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.build();
  }
}
