package io.hiberlet.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImagesSectionTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "insecureRegistries: a | insecureRegistries must be a list",
        "registryCaFiles: {'https://a': b} | 'https://a' is not a registry: HOST[:PORT]",
        "imagePullCredentialsVerificationPolicy: Never |"
            + " imagePullCredentialsVerificationPolicy: 'Never' is not one of"
            + " NeverVerifyPreloadedImages, NeverVerify, NeverVerifyAllowlistedImages,"
            + " AlwaysVerify",
        "preloadedImagesVerificationAllowlist: ['*'] |"
            + " '*' is not HOST[:PORT]/REPOSITORY or HOST[:PORT]/PREFIX/*",
        "preloadedImagesVerificationAllowlist: [a.lan/x] |"
            + " preloadedImagesVerificationAllowlist is for the policy"
            + " NeverVerifyAllowlistedImages",
      })
  void whatMakesNoSenseIsRefusedWithItsLine(String key, String message) throws Exception {
    assertEquals(message, refusal("modules:\n  " + key + "\n", 2));
  }

  @Test
  void aRegistryWithoutTlsNeedsNoAuthorities() throws Exception {
    String text = "modules:\n  insecureRegistries: [a.lan]\n  registryCaFiles: {a.lan: b}\n";
    assertEquals("'a.lan' is one of insecureRegistries, without TLS", refusal(text, 3));
  }

  /** What is said after the file, the line, and the section. */
  private String refusal(String text, int line) throws Exception {
    Path file = Files.writeString(folder.resolve("agent.yaml"), text);
    String message =
        assertThrows(
                ConfigException.class,
                () -> AgentConfigFile.load(Optional.of(file), Overrides.NONE, new FakeHost()))
            .getMessage();
    String begin = file + ":" + line + ": ";
    assertEquals(begin, message.substring(0, Math.min(begin.length(), message.length())));
    return message.substring(begin.length()).replaceFirst("^modules\\.", "");
  }
}
