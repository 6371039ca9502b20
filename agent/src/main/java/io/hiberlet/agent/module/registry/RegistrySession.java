package io.hiberlet.agent.module.registry;

import io.hiberlet.agent.module.registry.RegistryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one repository at one endpoint, with one set of credentials or without. What a token
 * service granted is kept here and nowhere else: nobody else's pull can use it. Used by one thread.
 */
final class RegistrySession {
  private static final int MAX_MANIFEST_BYTES = 4 << 20;
  private static final String CONTENT_DIGEST = "Docker-Content-Digest";

  private final Endpoint endpoint;
  private final Optional<Credentials> credentials;
  private final AuthorizedHttp http;

  RegistrySession(RegistryHttp http, Endpoint endpoint, Optional<Credentials> credentials) {
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.http = new AuthorizedHttp(http, new Authorizer(http, endpoint, credentials, "pull"));
  }

  /** What has been shown; empty when there was no need so far. */
  Optional<Opening> opening() {
    return http.authorization()
        .flatMap(any -> credentials.map(own -> new Opening(endpoint.credentialsFor(), own)));
  }

  /** A manifest or an index, verified when it is asked for by digest. */
  Document manifest(String reference) throws IOException, InterruptedException {
    try (Reply reply = http.get(endpoint.manifest(reference), Map.of("Accept", Manifests.ACCEPT))) {
      RegistryErrors.require(reply);
      byte[] bytes = reply.bytes(MAX_MANIFEST_BYTES, "the manifest");
      Digest digest = Digest.of(bytes);
      String promised = reference.indexOf(':') < 0 ? promised(reply, digest) : reference;
      if (!promised.equals(digest.value())) {
        throw new RegistryException(
            Kind.INVALID,
            "digest mismatch: the manifest %s has the digest %s".formatted(promised, digest));
      }
      String type = reply.headers().firstValue("Content-Type").orElse("");
      return new Document(Manifests.bareType(type), bytes, digest);
    }
  }

  /** By tag there is only the registry's word, which shows damage on the way. */
  private static String promised(Reply reply, Digest otherwise) {
    return reply
        .headers()
        .firstValue(CONTENT_DIGEST)
        .filter(value -> value.startsWith("sha256:"))
        .orElse(otherwise.value());
  }

  /** The content of a layer, to be closed; verified when it was read to its end. */
  InputStream blob(Descriptor layer) throws IOException, InterruptedException {
    Reply reply = http.get(endpoint.blob(layer.digest()), Map.of());
    try {
      RegistryErrors.require(reply);
      return new VerifiedInputStream(reply.body(), layer);
    } catch (IOException e) {
      reply.close();
      throw e;
    }
  }
}
