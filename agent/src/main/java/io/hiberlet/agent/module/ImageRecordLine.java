package io.hiberlet.agent.module;

import static java.util.Objects.requireNonNull;

import io.hiberlet.agent.module.ImageAccess.ShownSecret;
import io.hiberlet.agent.module.registry.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An {@link ImageRecord} as the file has it. Gson makes it of whatever is there, so that anything
 * may be missing.
 *
 * @param access null in records that were written before this was kept
 */
record ImageRecordLine(
    String repository,
    String digest,
    String module,
    long bytes,
    List<String> tags,
    String pulledAt,
    @Nullable Access access) {

  /** Who has shown that it may use the image. */
  record Access(boolean everyone, @Nullable List<ShownSecret> secrets) {

    ImageAccess access() {
      List<ShownSecret> shown = new ArrayList<>();
      for (ShownSecret each : secrets == null ? List.<ShownSecret>of() : secrets) {
        shown.add(
            new ShownSecret(
                requireNonNull(each.namespace()),
                requireNonNull(each.name()),
                requireNonNull(each.hash())));
      }
      return new ImageAccess(everyone, shown);
    }
  }

  static ImageRecordLine of(ImageRecord record) {
    return new ImageRecordLine(
        record.repository(),
        record.digest().value(),
        record.image().module().value(),
        record.image().bytes(),
        List.copyOf(record.tags()),
        record.pulledAt().toString(),
        record.access().map(each -> new Access(each.everyone(), each.secrets())).orElse(null));
  }

  /**
   * What it says.
   *
   * @throws IllegalArgumentException or another RuntimeException when it makes no sense
   */
  ImageRecord record() {
    PulledImage image = new PulledImage(new Digest(digest), new ModuleDigest(module), bytes);
    return new ImageRecord(
        requireNonNull(repository),
        image,
        new TreeSet<>(tags),
        Instant.parse(pulledAt),
        Optional.ofNullable(access).map(Access::access));
  }
}
