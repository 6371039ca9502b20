package io.hiberlet.agent.module.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class ChallengeTest {

  private static Challenge best(String... headers) {
    return Challenge.best(List.of(headers)).orElseThrow();
  }

  @Test
  void parametersMayComeInAnyOrder() {
    assertEquals(
        new Challenge(
            "bearer",
            Map.of("realm", "https://a/t", "service", "s", "scope", "repository:x:pull,push")),
        best("Bearer scope=\"repository:x:pull,push\" , service=s,Realm=\"https://a/t\""));
  }

  @Test
  void quotesMayBeQuoted() {
    assertEquals("a \"b\\", best("Basic realm=\"a \\\"b\\\\\"").parameter("realm").orElseThrow());
  }

  @Test
  void tokenIsBetterThanPassword() {
    assertEquals("bearer", best("Basic realm=\"a\", Bearer realm=\"b\"").scheme());
    assertEquals("bearer", best("Bearer realm=\"b\"", "Basic realm=\"a\"").scheme());
    assertEquals("basic", best("Negotiate", "BASIC realm=a").scheme());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "Negotiate", "realm=\"x\"", "\"", "=,=", "Digest realm=\"x"})
  void nothingThatIsUnderstood(String header) {
    assertEquals(Optional.empty(), Challenge.best(List.of(header)));
  }

  @Test
  void longHeadersAreNotLookedAt() {
    assertEquals(
        Optional.empty(), Challenge.best(List.of("Basic realm=\"" + "\\a".repeat(9000) + "\"")));
  }
}
