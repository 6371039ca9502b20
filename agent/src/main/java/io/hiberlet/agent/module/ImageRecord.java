package io.hiberlet.agent.module;

import io.hiberlet.agent.module.registry.Digest;
import io.hiberlet.agent.module.registry.ImageName;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is known of an image from when it was pulled.
 *
 * @param repository in full
 * @param tags that led to it when they were looked up last
 * @param access who has shown that it may use it; empty when this node has not pulled it, as far as
 *     is known
 */
record ImageRecord(
    String repository,
    PulledImage image,
    SortedSet<String> tags,
    Instant pulledAt,
    Optional<ImageAccess> access) {

  boolean isNamed(ImageName name) {
    return repository.equals(name.fullRepository())
        && (name.digest().isPresent()
            ? digest().equals(name.digest().get())
            : tags.contains(name.reference()));
  }

  Digest digest() {
    return image.digest();
  }

  ImageRecord withTags(Set<String> changed) {
    return new ImageRecord(repository, image, new TreeSet<>(changed), pulledAt, access);
  }

  /** The same, and what has been shown since. */
  ImageRecord withAccess(ImageAccess more) {
    ImageAccess all = access.map(before -> before.plus(more)).orElse(more);
    return new ImageRecord(repository, image, tags, pulledAt, Optional.of(all));
  }
}
