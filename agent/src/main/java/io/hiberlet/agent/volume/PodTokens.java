package io.hiberlet.agent.volume;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.agent.admission.VolumeSource;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.client.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tokens in one volume: those that are in its files, and others when these are stale. */
final class PodTokens {
  private static final Logger log = LoggerFactory.getLogger(PodTokens.class);
  private static final Duration NEXT_TRY = Duration.ofMinutes(1);

  private final PodKey pod;
  private final Path current;
  private final VolumeInputs inputs;
  private Instant stale = Instant.MAX;

  /**
   * @param current the folder that the volume's files are in now, if there is one
   */
  PodTokens(PodKey pod, Path current, VolumeInputs inputs) {
    this.pod = pod;
    this.current = current;
    this.inputs = inputs;
  }

  /** A token that is not stale, or, when none can be had now, at least not expired. */
  byte[] token(VolumeSource.Token source) throws VolumeException {
    Optional<IssuedToken> present = present(source.path());
    Instant now = inputs.clock().instant();
    IssuedToken token =
        present.isPresent() && now.isBefore(present.get().staleAt())
            ? present.get()
            : request(source, present, now);
    Instant next = token.staleAt().isAfter(now) ? token.staleAt() : now.plus(NEXT_TRY);
    stale = next.isBefore(stale) ? next : stale;
    return token.value().getBytes(UTF_8);
  }

  /** When one of them is stale; far away when there are none. */
  Instant stale() {
    return stale;
  }

  private IssuedToken request(VolumeSource.Token source, Optional<IssuedToken> present, Instant now)
      throws VolumeException {
    try {
      return IssuedToken.of(
          inputs
              .tokens()
              .request(
                  pod,
                  source.serviceAccount(),
                  Duration.ofSeconds(source.lifeSeconds()),
                  source.audience().isEmpty() ? List.of() : List.of(source.audience())),
          now);
    } catch (ResourceException e) {
      if (present.isPresent() && now.isBefore(present.get().expiresAt())) {
        log.atWarn()
            .addKeyValue("pod", pod)
            .addKeyValue("reason", e.getMessage())
            .log("A token was not renewed; the one that is there lives on");
        return present.get();
      }
      throw new VolumeException("failed to fetch token: " + e.getMessage(), null, e);
    }
  }

  private Optional<IssuedToken> present(String path) throws VolumeException {
    try {
      return IssuedToken.parse(Files.readString(current.resolve(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new VolumeException("its token cannot be read: " + e.getMessage(), null, e);
    }
  }
}
