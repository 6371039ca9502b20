package io.hiberlet.agent.volume;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.MountSpec;
import io.hiberlet.agent.admission.VolumeSource;
import io.hiberlet.agent.admission.VolumeSpec;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.client.ResourceException;
import io.hiberlet.node.client.ServiceAccountToken;
import io.hiberlet.node.object.FakePodObjects;
import io.kubernetes.client.openapi.ApiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens in volumes, by a clock that the test sets. */
final class PodTokensTest {
  private static final PodKey POD = new PodKey("ns", "pod", "uid-1");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final VolumeSource.Token SOURCE =
      new VolumeSource.Token("token", "account", "vault", 1000);

  @TempDir private Path root;
  private final FakePodObjects objects = new FakePodObjects();
  private final List<String> requests = new ArrayList<>();
  private final List<Duration> waits = new ArrayList<>();
  private final List<Runnable> alarms = new ArrayList<>();
  private final List<String> trouble = new ArrayList<>();
  private Instant now = START;
  private boolean away;
  private boolean opaque;

  private VolumesOfPod volumes() {
    Clock clock =
        new Clock() {
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
            return this;
          }
        };
    Delays delays =
        (wait, task) -> {
          waits.add(wait);
          alarms.add(task);
          return () -> alarms.remove(task);
        };
    return new PodVolumes(
            root, new VolumeInputs(objects, this::grant, clock), delays, Runnable::run)
        .of(POD);
  }

  private ServiceAccountToken grant(
      PodKey pod, String account, Duration life, List<String> audiences) throws ResourceException {
    if (away) {
      throw ResourceException.of(new ApiException(503, "away"), "a token", "");
    }
    requests.add("%s %s %d %s".formatted(pod.uid(), account, life.toSeconds(), audiences));
    String claims =
        "{\"iat\":%d,\"exp\":%d}".formatted(now.getEpochSecond(), now.plus(life).getEpochSecond());
    String token =
        opaque
            ? "opaque"
            : "h." + Base64.getUrlEncoder().encodeToString(claims.getBytes(UTF_8)) + ".s";
    return new ServiceAccountToken(token, now.plus(life));
  }

  private static List<MountSpec> mounts(VolumeSource... sources) {
    var volume = new VolumeSpec.Files("v", List.of(sources));
    return List.of(new MountSpec("/t", "", false, volume, true));
  }

  private Path file() {
    return root.resolve("uid-1/.volumes/v/..data/token");
  }

  private Instant issued() throws IOException {
    return IssuedToken.parse(Files.readString(file())).orElseThrow().issuedAt();
  }

  @Test
  void aTokenIsAskedForOnceAndLiesInAPrivateFile() throws Exception {
    Instant stale = volumes().write(mounts(SOURCE));
    assertEquals(List.of("uid-1 account 1000 [vault]"), requests);
    assertEquals(START.plusSeconds(800), stale);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    now = START.plusSeconds(799);
    assertEquals(START.plusSeconds(800), volumes().write(mounts(SOURCE)), "another agent knows it");
    assertEquals(1, requests.size());
  }

  @Test
  void itIsRenewedAfterFourFifthsOfItsLifeWhileTheGuestIsInMemory() throws Exception {
    volumes().write(mounts(SOURCE));
    VolumeUpdates updates = volumes().follow(mounts(SOURCE), trouble::add);
    Duration wait = waits.removeFirst();
    assertTrue(wait.compareTo(Duration.ofSeconds(800)) >= 0, wait.toString());
    assertTrue(wait.compareTo(Duration.ofSeconds(810)) < 0, wait.toString());
    now = now.plus(wait);
    alarms.removeFirst().run();
    assertEquals(now.getEpochSecond(), issued().getEpochSecond());
    assertEquals(1, alarms.size());
    updates.close();
    assertEquals(List.of(), alarms);
  }

  @Test
  void oneThatBecameStaleInSleepIsRenewedOnResume() throws Exception {
    volumes().write(mounts(SOURCE));
    now = START.plus(Duration.ofDays(3));
    volumes().follow(mounts(SOURCE), trouble::add).close();
    assertEquals(now, issued());
  }

  @Test
  void oneThatLivesLongIsRenewedAfterADay() throws Exception {
    VolumeSource.Token longLived = new VolumeSource.Token("token", "account", "", 10_000_000);
    assertEquals(START.plus(Duration.ofDays(1)), volumes().write(mounts(longLived)));
    assertEquals(List.of("uid-1 account 10000000 []"), requests);
  }

  @Test
  void withoutTheServerATokenServesUntilItExpires() throws Exception {
    volumes().write(mounts(SOURCE));
    away = true;
    now = START.plusSeconds(900);
    assertEquals(now.plusSeconds(60), volumes().write(mounts(SOURCE)), "it is tried again soon");
    assertEquals(START, issued());
    now = START.plusSeconds(1000);
    assertThrows(VolumeException.class, () -> volumes().write(mounts(SOURCE)));
    volumes().follow(mounts(SOURCE), trouble::add);
    assertTrue(trouble.getFirst().contains("failed to fetch token: "), trouble.toString());
    assertEquals(START, issued(), "the files stay as they were");
  }

  @Test
  void aTokenThatSaysNothingOfItsLifeIsBelievedToLiveAsGranted() throws Exception {
    opaque = true;
    assertEquals(START.plusSeconds(800), volumes().write(mounts(SOURCE)));
    volumes().write(mounts(SOURCE));
    assertEquals(2, requests.size());
  }

  @Test
  void theServersWarningCountsMoreThanALongLife() {
    String claims = "{\"iat\":1000,\"exp\":90000000,\"kubernetes.io\":{\"warnafter\":4607}}";
    String token = "h." + Base64.getUrlEncoder().encodeToString(claims.getBytes(UTF_8)) + ".s";
    assertEquals(
        Instant.ofEpochSecond(1000).plusMillis(3607 * 800),
        IssuedToken.parse(token).orElseThrow().staleAt());
  }

  @Test
  void tokensComeWithOtherFiles() throws Exception {
    volumes().write(mounts(new VolumeSource.Field("name", "pod"), SOURCE));
    assertEquals("pod", Files.readString(file().resolveSibling("name")));
    assertEquals(Map.of().size(), trouble.size());
  }
}
