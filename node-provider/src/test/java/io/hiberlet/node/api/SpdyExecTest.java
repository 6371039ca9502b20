package io.hiberlet.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.TerminalSize;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored") // What is lost shows in what the test waits for.
class SpdyExecTest {

  private static final String V4 = "v4.channel.k8s.io";
  private ServerFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new ServerFixture();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void streamsAndExitCode() throws Exception {
    fixture.containers.command =
        (request, streams) -> {
          assertEquals(List.of("cat", "a b"), request.command());
          assertEquals(FakePods.UID, request.uid());
          streams.stderr().write("warned".getBytes(UTF_8));
          streams.stdin().transferTo(streams.stdout());
          return 3;
        };
    try (var client =
        new SpdyClient(fixture, "command=cat&command=a%20b&input=1&output=1&error=1", V4)) {
      assertEquals(V4, client.protocol.get(5, TimeUnit.SECONDS));
      int error = client.open("error");
      int stdin = client.open("stdin");
      int stdout = client.open("stdout");
      int stderr = client.open("stderr");
      client.send(stdin, "hello ".getBytes(UTF_8), false);
      client.send(stdin, "world".getBytes(UTF_8), true);
      assertEquals("hello world", client.awaitText(stdout));
      assertEquals("warned", client.awaitText(stderr));
      var status = JsonParser.parseString(client.awaitText(error)).getAsJsonObject();
      assertEquals("Failure", status.get("status").getAsString());
      assertEquals("NonZeroExitCode", status.get("reason").getAsString());
      var cause = status.getAsJsonObject("details").getAsJsonArray("causes").get(0);
      assertEquals("ExitCode", cause.getAsJsonObject().get("reason").getAsString());
      assertEquals("3", cause.getAsJsonObject().get("message").getAsString());
    }
  }

  @Test
  void manyMebibytesGoBothWaysPastAnyWindow() throws Exception {
    fixture.containers.command =
        (request, streams) -> {
          streams.stdin().transferTo(streams.stdout());
          return 0;
        };
    byte[] sent = new byte[4 << 20];
    new Random(11).nextBytes(sent);
    try (var client = new SpdyClient(fixture, "command=cat&input=1&output=1", V4)) {
      client.protocol.get(5, TimeUnit.SECONDS);
      int error = client.open("error");
      int stdin = client.open("stdin");
      int stdout = client.open("stdout");
      for (int i = 0; i < sent.length; i += 64 << 10) {
        client.send(stdin, java.util.Arrays.copyOfRange(sent, i, i + (64 << 10)), false);
      }
      client.send(stdin, new byte[0], true);
      assertArrayEquals(sent, client.await(stdout));
      assertTrue(client.awaitText(error).contains("\"Success\""));
    }
  }

  @Test
  void inputThatIsNotReadIsNotTakenFromTheClient() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    fixture.containers.command =
        (request, streams) -> {
          done.await();
          return 0;
        };
    try (var client = new SpdyClient(fixture, "command=x&input=1&output=1", V4)) {
      client.protocol.get(5, TimeUnit.SECONDS);
      int error = client.open("error");
      int stdin = client.open("stdin");
      client.open("stdout");
      AtomicLong accepted = new AtomicLong();
      byte[] chunk = new byte[64 << 10];
      for (int i = 0; i < 1024; i++) {
        client
            .channel
            .writeAndFlush(
                new io.netty.handler.codec.spdy.DefaultSpdyDataFrame(
                    stdin, Unpooled.wrappedBuffer(chunk)))
            .addListener(
                written -> accepted.addAndGet(written.isSuccess() ? chunk.length : 1L << 40));
      }
      Awaitility.await()
          .during(java.time.Duration.ofSeconds(3))
          .atMost(java.time.Duration.ofSeconds(20))
          .until(() -> accepted.get() < 32 << 20);
      done.countDown();
      assertTrue(client.awaitText(error).contains("Success"), "unread input is dropped at the end");
    }
  }

  @Test
  void theSizesOfTheTerminalAreTold() throws Exception {
    var sizes = new LinkedBlockingQueue<TerminalSize>();
    var done = new CountDownLatch(1);
    fixture.containers.command =
        (request, streams) -> {
          assertTrue(request.tty());
          assertFalse(request.stdin());
          streams.sizes().listen(sizes::add);
          done.await();
          return 0;
        };
    try (var client = new SpdyClient(fixture, "command=sh&output=1&tty=1", V4)) {
      client.protocol.get(5, TimeUnit.SECONDS);
      int error = client.open("error");
      int resize = client.open("resize");
      client.open("stdout");
      client.send(resize, "{\"Width\":80,\"Height\":2".getBytes(UTF_8), false);
      client.send(resize, "4}\n{\"Width\":0}\nnonsense\n".getBytes(UTF_8), false);
      client.send(resize, "x".repeat(1000).getBytes(UTF_8), false);
      client.send(resize, "}{\"Width\":132,\"Height\":50}\n".getBytes(UTF_8), false);
      assertEquals(new TerminalSize(80, 24), sizes.poll(10, TimeUnit.SECONDS));
      assertEquals(new TerminalSize(132, 50), sizes.poll(10, TimeUnit.SECONDS));
      done.countDown();
      client.await(error);
    }
    assertTrue(sizes.isEmpty());
  }

  @Test
  void aVanishedClientInterruptsTheCommandAndFailsItsStreams() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<Exception> end = new CompletableFuture<>();
    fixture.containers.command =
        (request, streams) -> {
          running.countDown();
          try {
            streams.stdin().readAllBytes();
            end.complete(new IllegalStateException("read to an end"));
          } catch (IOException e) {
            end.complete(e);
          }
          return 0;
        };
    try (var client = new SpdyClient(fixture, "command=x&input=1&output=1", V4)) {
      client.protocol.get(5, TimeUnit.SECONDS);
      for (String type : List.of("error", "stdin", "stdout")) {
        client.open(type);
      }
      assertTrue(running.await(5, TimeUnit.SECONDS));
    }
    assertTrue(end.get(5, TimeUnit.SECONDS) instanceof IOException);
  }

  @Test
  void olderProtocolsGetTheMessageOnly() throws Exception {
    fixture.containers.command =
        (request, streams) -> {
          throw new NoSuchContainerException("gone");
        };
    try (var client = new SpdyClient(fixture, "command=x&output=1", "v2.channel.k8s.io")) {
      assertEquals("v2.channel.k8s.io", client.protocol.get(5, TimeUnit.SECONDS));
      int error = client.open("error");
      client.open("stdout");
      assertEquals("gone", client.awaitText(error));
    }
  }

  @Test
  void unknownProtocolsAreRefused() throws Exception {
    try (var client = new SpdyClient(fixture, "command=x&output=1", "v9.channel.k8s.io")) {
      SpdyClient.Refusal refusal = client.refusal.get(5, TimeUnit.SECONDS);
      assertEquals(403, refusal.status());
      assertTrue(refusal.body().contains("unable to negotiate protocol"), refusal.body());
    }
  }

  @Test
  void unexpectedStreamsAreResetAndPingsAnswered() throws Exception {
    try (var client = new SpdyClient(fixture, "command=x&output=1", V4)) {
      client.protocol.get(5, TimeUnit.SECONDS);
      client.open("stdin");
      client.open("nonsense");
      client.channel.writeAndFlush(new DefaultSpdyPingFrame(7));
      Awaitility.await()
          .until(
              () ->
                  client.frames.stream().filter(SpdyRstStreamFrame.class::isInstance).count() == 2
                      && client.frames.stream()
                          .anyMatch(f -> f instanceof SpdyPingFrame ping && ping.id() == 7));
      int error = client.open("error");
      client.open("stdout");
      assertTrue(client.awaitText(error).contains("Success"));
    }
  }

  @Test
  void whateverIsSentAsFramesTheServerServesOn() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    fixture.containers.command =
        (request, streams) -> {
          streams.stdin().transferTo(streams.stdout());
          return 0;
        };
    for (int i = 0; i < 40; i++) {
      try (var client = new SpdyClient(fixture, "command=x&input=1&output=1", V4)) {
        client.protocol.get(5, TimeUnit.SECONDS);
        if (random.nextBoolean()) {
          client.open("error");
          client.open("stdin");
          client.open("stdout");
        }
        byte[] bytes = new byte[random.nextInt(3000)];
        random.nextBytes(bytes);
        for (int n = 0; n + 8 < bytes.length; n += 8 + random.nextInt(64)) {
          bytes[n] = (byte) 0x80;
          bytes[n + 1] = 3;
          bytes[n + 2] = 0;
          bytes[n + 3] = (byte) random.nextInt(10);
        }
        client.channel.pipeline().firstContext().writeAndFlush(Unpooled.wrappedBuffer(bytes));
        client.channel.pipeline().context("spdy").writeAndFlush(Unpooled.wrappedBuffer(bytes));
      }
    }
    fixture.containers.command = (request, streams) -> 0;
    try (var client = new SpdyClient(fixture, "command=x&output=1", V4)) {
      client.protocol.get(5, TimeUnit.SECONDS);
      int error = client.open("error");
      client.open("stdout");
      assertTrue(client.awaitText(error).contains("Success"), "seed " + seed);
    }
  }
}
