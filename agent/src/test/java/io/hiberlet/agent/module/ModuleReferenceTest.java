package io.hiberlet.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.ModuleReference.ConfigMapKey;
import io.hiberlet.agent.module.ModuleReference.ModuleFile;
import io.hiberlet.agent.module.ModuleReference.OciImage;
import io.hiberlet.agent.module.registry.ImageName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleReferenceTest {

  @Test
  void annotationComesBeforeTheImage() throws Exception {
    assertEquals(
        new ConfigMapKey("ns", "ring.modules", "ring.wasm"),
        ModuleReference.parse("ns", "configmap:ring.modules/ring.wasm", "whatever"));
    assertEquals(
        new ModuleFile("a/b.wasm"), ModuleReference.parse("ns", "file:a/b.wasm", "whatever"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ring",
        "team/ring:1.0",
        "example.com/ring",
        "example.com:5000/team/sub/ring_x:v1.0-rc.1",
        "localhost:5000/ring",
        "ring@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "a/b:c@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
      })
  void imagesAreTaken(String image) throws Exception {
    assertEquals(new OciImage(ImageName.parse(image)), ModuleReference.parse("ns", null, image));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Ring",
        "http://example.com/ring",
        "a//b",
        "a:b:c/d",
        "a@sha256:12",
        "a?b=c",
        "a b",
        "../x",
        "a/../b",
        "user@host/x",
        "a:",
        "a\n"
      })
  void nonsenseIsAnInvalidImageName(String image) {
    var thrown =
        assertThrows(
            ModuleUnavailableException.class, () -> ModuleReference.parse("ns", null, image));
    assertEquals("InvalidImageName", thrown.reason());
    assertTrue(thrown.permanent());
    assertEquals(
        "Failed to apply default image tag \"%1$s\": couldn't parse image name \"%1$s\": invalid reference format"
            .formatted(image),
        thrown.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ring",
        "configmap:",
        "configmap:x",
        "configmap:x/",
        "configmap:/y",
        "configmap:a/b/c",
        "configmap:A/b",
        "configmap:a/b?",
        "file:",
        "file:a\0b",
        "oci:x",
        "ConfigMap:a/b"
      })
  void nonsenseIsAnError(String annotation) {
    var thrown =
        assertThrows(
            ModuleUnavailableException.class, () -> ModuleReference.parse("ns", annotation, "i"));
    assertEquals("CreateContainerConfigError", thrown.reason());
    assertTrue(thrown.permanent());
  }
}
