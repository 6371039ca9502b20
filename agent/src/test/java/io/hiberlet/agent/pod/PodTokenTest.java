package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.client.ResourceException;
import io.kubernetes.client.openapi.ApiException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PodTokenTest {
  private static final Duration LIFE = Duration.ofHours(1);

  private final Queue<Runnable> blocking = new ArrayDeque<>();
  private final SettableClock clock = new SettableClock();
  private final PodToken tokens = new PodToken(this::issue, blocking::add, clock);
  private int issued;
  private @Nullable Exception failure;

  @Test
  void oneTokenServesAllUntilAFifthOfItsLifeIsLeft() {
    assertEquals("token-1", get());
    clock.now = clock.now.plus(Duration.ofMinutes(47));
    assertEquals("token-1", get());
    clock.now = clock.now.plus(Duration.ofMinutes(2));
    assertEquals("token-2", get());
  }

  @Test
  void thoseWhoAskAtOnceShareOneRequest() {
    var first = tokens.token().toCompletableFuture();
    var second = tokens.token().toCompletableFuture();
    runBlocking();
    assertEquals(1, issued);
    assertSame(first.join(), second.join());
  }

  @Test
  void aRefusedTokenIsNotGivenAgain() {
    assertEquals("token-1", get());
    tokens.refused("token-1");
    assertEquals("token-2", get());
    tokens.refused("token-1"); // late: it has gone already
    assertEquals("token-2", get());
  }

  @Test
  void afterAFailureItAsksAgain() {
    failure = new IOException("the API server is away");
    CompletableFuture<String> failed = tokens.token().toCompletableFuture();
    runBlocking();
    assertTrue(failed.isCompletedExceptionally());
    failure = null;
    assertEquals("token-1", get());
  }

  @Test
  void onlyThatItIsForbiddenIsTold() {
    List<String> told = new ArrayList<>();
    tokens.tellTrouble((reason, message) -> told.add(reason + ": " + message));
    failure = ResourceException.of(new ApiException(503, "busy"), "a token", "none");
    tokens.token();
    runBlocking();
    assertEquals(List.of(), told);
    failure = ResourceException.of(new ApiException(403, "no"), "a token", "its own only");
    tokens.token();
    runBlocking();
    assertEquals(1, told.size());
    assertTrue(told.getFirst().startsWith("TokenForbidden: a token: "), told.getFirst());
    assertTrue(told.getFirst().endsWith("(its own only)"), told.getFirst());
  }

  @Test
  void itsTextDoesNotGiveItAway() {
    assertFalse(new PodToken.Token("secret", clock.now, clock.now).toString().contains("secret"));
  }

  private String get() {
    CompletableFuture<String> token = tokens.token().toCompletableFuture();
    runBlocking();
    return token.join();
  }

  private void runBlocking() {
    while (!blocking.isEmpty()) {
      blocking.remove().run();
    }
  }

  private PodToken.Token issue() throws Exception {
    if (failure != null) {
      throw failure;
    }
    issued++;
    return new PodToken.Token("token-" + issued, clock.now, clock.now.plus(LIFE));
  }

  private static final class SettableClock extends Clock {
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new AssertionError("nobody needs zones here");
    }
  }
}
