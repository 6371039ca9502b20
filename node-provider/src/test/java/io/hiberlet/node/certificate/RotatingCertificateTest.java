package io.hiberlet.node.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.certificate.SigningRequests.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotatingCertificateTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  /** Self-signed ones are dated back by that. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final CertificateProfile PROFILE = CertificateProfile.client("node");

  @TempDir Path directory;
  private final List<PublicKey> asked = new ArrayList<>();
  private final List<KeyMaterial> used = new ArrayList<>();
  private Instant now = NOW;
  private Duration validity = Duration.ofMinutes(95);
  private RotatingCertificate.Authority authority = this::issue;
  private RotatingCertificate.User user = used::add;
  private RotatingCertificate certificate;

  @BeforeEach
  void open() throws Exception {
    certificate = open(() -> 0);
  }

  @ParameterizedTest
  @CsvSource({"0, 70", "-1, 90"})
  void isRenewedAfterSeventyToNinetyPercentOfItsLife(long randomBits, int percent)
      throws Exception {
    certificate = open(() -> randomBits);
    assertTrue(certificate.keepCurrent().isPositive());
    assertEquals(1, used.size());

    Instant begin = NOW.minus(SKEW);
    now = begin.plus(Duration.ofMinutes(percent)).minusSeconds(1);
    Duration rest = certificate.keepCurrent();
    assertTrue(rest.compareTo(Duration.ofSeconds(1)) <= 0, rest.toString());
    assertEquals(1, used.size());
    now = now.plusSeconds(1);
    certificate.keepCurrent();
    assertEquals(2, used.size());
    assertNotEquals(asked.get(0), asked.get(1), "a new certificate is for a new key");
  }

  @Test
  void looksAtTheClockEveryMinuteAtLeast() throws Exception {
    certificate.keepCurrent();
    assertEquals(Duration.ofMinutes(1), certificate.keepCurrent());
  }

  @Test
  void asksWithTheSameKeyWhileNobodyDecidesAndAfterARestart() throws Exception {
    authority = pending();
    Duration first = certificate.keepCurrent();
    Duration later = first;
    for (int i = 0; i < 10; i++) {
      later = certificate.keepCurrent();
    }
    assertTrue(later.compareTo(first) > 0, later + " after " + first);
    assertTrue(later.compareTo(Duration.ofSeconds(30)) <= 0, later.toString());
    open(() -> 0).keepCurrent();
    assertEquals(1, asked.stream().distinct().count());
  }

  @Test
  void asksAgainWithAnotherKeyAndALongerWaitWhenRefused() throws Exception {
    authority =
        (keys, profile) -> {
          asked.add(keys.getPublic());
          return new Answer.Refused("request", "Denied: no");
        };
    Duration first = certificate.keepCurrent();
    assertTrue(first.compareTo(Duration.ofSeconds(30)) >= 0, first.toString());
    Duration later = first;
    for (int i = 0; i < 10; i++) {
      later = certificate.keepCurrent();
    }
    assertTrue(later.compareTo(first) > 0, later + " after " + first);
    assertTrue(later.compareTo(Duration.ofHours(1)) <= 0, later.toString());
    assertEquals(asked.size(), asked.stream().distinct().count());
  }

  @Test
  void doesNotTakeACertificateThatHasEnded() throws Exception {
    validity = Duration.ofMinutes(-1);
    Duration wait = certificate.keepCurrent();
    assertTrue(wait.compareTo(Duration.ofSeconds(30)) >= 0, wait.toString());
    assertTrue(used.isEmpty());
  }

  @Test
  void doesNotAskInAHurryForCertificatesThatAreToBeRenewedAtOnce() throws Exception {
    validity = Duration.ofMinutes(1);
    assertEquals(Duration.ofSeconds(10), certificate.keepCurrent());
    assertEquals(1, used.size());
  }

  @Test
  void triesAgainWithWhatWasIssuedWhenItCouldNotBeUsed() throws Exception {
    user =
        material -> {
          throw new IOException("no space left");
        };
    assertThrows(IOException.class, certificate::keepCurrent);
    user = used::add;
    certificate.keepCurrent();
    assertEquals(1, used.size());
    assertEquals(1, asked.stream().distinct().count());
  }

  private RotatingCertificate open(RandomGenerator random) throws Exception {
    return new RotatingCertificate(
        PROFILE,
        new CertificateDirectory(directory, PROFILE.name()),
        (keys, profile) -> authority.ask(keys, profile),
        material -> user.use(material),
        new SettableClock(),
        random);
  }

  private Answer issue(KeyPair keys, CertificateProfile profile) throws Exception {
    asked.add(keys.getPublic());
    KeyPair signer = Certificates.newKeyPair();
    var signed = new KeyPair(keys.getPublic(), signer.getPrivate());
    return new Answer.Issued(
        "request", Certificates.selfSigned(signed, profile, now, validity).chain());
  }

  private RotatingCertificate.Authority pending() {
    return (keys, profile) -> {
      asked.add(keys.getPublic());
      return new Answer.Pending("request");
    };
  }

  private final class SettableClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
