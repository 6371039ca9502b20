package io.hiberlet.agent.module.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageNameTest {
  private static final String DIGEST =
      "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  @ParameterizedTest
  @CsvSource({
    "ring, docker.io/library/ring:latest, true",
    "ring:latest, docker.io/library/ring:latest, true",
    "ring:1, docker.io/library/ring:1, false",
    "team/ring, docker.io/team/ring:latest, true",
    "index.docker.io/ring, docker.io/library/ring:latest, true",
    "localhost/ring:1, localhost/ring:1, false",
    "r.example/ring:1, r.example/ring:1, false",
    "Host/ring:1, Host/ring:1, false",
    "host:5000/ring, host:5000/ring:latest, true",
    "ring@D, docker.io/library/ring@D, false",
    "r.example/a/b:1@D, r.example/a/b@D, false",
    "r.example/a/b:latest@D, r.example/a/b@D, true",
  })
  void namesAreCompletedAsKubernetesDoes(String text, String canonical, boolean latest) {
    ImageName name = ImageName.parse(text.replace("D", DIGEST));
    assertEquals(canonical.replace("D", DIGEST), name.canonical());
    assertEquals(latest, name.isLatest());
  }
}
