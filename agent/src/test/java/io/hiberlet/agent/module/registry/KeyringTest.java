package io.hiberlet.agent.module.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyringTest {
  private static final Credentials ONE = new Credentials("one", "p:1");
  private static final Credentials TWO = new Credentials("two", "p2");

  @ParameterizedTest
  @CsvSource({
    "registry.example, registry.example/a/b, true",
    "https://registry.example/v2/, registry.example/a, true",
    "https://registry.example/v1, registry.example/a, true",
    "registry.example/a, registry.example/a/b, true",
    "registry.example/a/b, registry.example/a/b, true",
    "registry.example/a/b/, registry.example/a/b, true",
    "registry.example/a, registry.example/ab, false",
    "registry.example, registry.example:5000/a, false",
    "registry.example:5000, registry.example:5000/a, true",
    "*.example, registry.example/a, true",
    "*.example, a.registry.example/a, false",
    "*.*.example, a.registry.example/a, true",
    "reg*.example:5000, registry.example:5000/a, true",
    "*, registry.example/a, false",
    "registry.example, evil-registry.example/a, false",
    "registry.example, registry.example.evil/a, false",
    "https://index.docker.io/v1/, docker.io/library/a, true",
    "index.docker.io, docker.io/library/a, true",
    "docker.io, docker.io/library/a, true",
    "https://index.docker.io/v1/, registry.example/a, false",
  })
  void keysMatchAsTheKubeletHasThem(String key, String repository, boolean expected) {
    assertEquals(
        expected ? List.of(ONE) : List.of(), Keyring.EMPTY.with(key, ONE).lookup(repository));
  }

  @Test
  void longestPathComesFirstAndOnceOnly() {
    Keyring keyring =
        Keyring.EMPTY.with("r.example", ONE).with("r.example/a", TWO).with("r.example/a/b", ONE);
    assertEquals(List.of(ONE, TWO), keyring.lookup("r.example/a/b/c"));
    assertEquals(List.of(TWO, ONE), keyring.lookup("r.example/a/x"));
  }

  @Test
  void configJsonIsRead() {
    byte[] json =
        """
        {"auths": {
           "r.example": {"auth": "b25lOnA6MQ=="},
           "s.example": {"username": "two", "password": "p2", "email": "x"},
           "t.example": {}},
         "credsStore": "pass"}\
        """
            .getBytes(UTF_8);
    Keyring keyring = DockerConfig.configJson(json);
    assertEquals(List.of(ONE), keyring.lookup("r.example/a"));
    assertEquals(List.of(TWO), keyring.lookup("s.example/a"));
    assertEquals(List.of(), keyring.lookup("t.example/a"));
    assertEquals(Keyring.EMPTY, DockerConfig.configJson("{}".getBytes(UTF_8)));
  }

  @Test
  void dockercfgIsRead() {
    byte[] json = "{\"https://r.example/v1/\": {\"auth\": \"b25lOnA6MQ==\"}}".getBytes(UTF_8);
    assertEquals(List.of(ONE), DockerConfig.dockercfg(json).lookup("r.example/a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s3cret",
        "[]",
        "{\"auths\":{\"r.example\":{\"auth\":\"s3cret!\"}}}",
        "{\"auths\": s3cret:"
      })
  void malformedFilesAreRefusedWithoutTheirContent(String json) {
    var thrown =
        assertThrows(
            IllegalArgumentException.class, () -> DockerConfig.configJson(json.getBytes(UTF_8)));
    assertFalse(thrown.toString().contains("s3cret"), thrown.toString());
  }

  @Test
  void credentialsAreNeverPrinted() {
    assertFalse(ONE.toString().contains("p:1"));
    assertFalse(Keyring.EMPTY.with("r.example", ONE).toString().contains("one"));
  }

  @Test
  void keyringsOfTheSameContentAreEqual() {
    Keyring keyring = Keyring.EMPTY.with("r.example", ONE);
    assertEquals(keyring, Keyring.EMPTY.with("r.example", new Credentials("one", "p:1")));
    assertFalse(keyring.equals(Keyring.EMPTY.with("r.example", TWO)));
  }
}
