package io.hiberlet.agent.module.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a repository is: a registry, or a mirror of one.
 *
 * @param host {@code HOST} or {@code HOST:PORT}
 * @param repository there, which may be another than the image's name says
 * @param credentialsFor what the credentials must be for, as {@link Keyring#lookup} takes it
 * @param plain whether it speaks HTTP without TLS
 * @param caFile who may vouch for it, besides the authorities of the JVM
 */
record Endpoint(
    String host, String repository, String credentialsFor, boolean plain, Optional<Path> caFile) {

  URI manifest(String reference) {
    return uri("manifests", reference);
  }

  URI blob(Digest digest) {
    return uri("blobs", digest.value());
  }

  URI uploads() {
    return uri("blobs", "uploads/");
  }

  private URI uri(String kind, String reference) {
    return URI.create(
        "%s://%s/v2/%s/%s/%s"
            .formatted(plain ? "http" : "https", host, repository, kind, reference));
  }
}
