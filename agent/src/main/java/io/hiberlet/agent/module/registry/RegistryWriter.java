package io.hiberlet.agent.module.registry;

import io.hiberlet.agent.module.registry.RegistryException.Kind;
import io.hiberlet.agent.module.registry.RegistryHttp.Call;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Writes to one repository at one endpoint, with one set of credentials or without, as the OCI
 * distribution specification 1.1 has it: each blob in one piece, then a manifest. Used by one
 * thread.
 */
final class RegistryWriter {
  private static final String BLOB_TYPE = "application/octet-stream";

  private final Endpoint endpoint;
  private final AuthorizedHttp http;

  RegistryWriter(RegistryHttp http, Endpoint endpoint, Optional<Credentials> credentials) {
    this.endpoint = endpoint;
    this.http = new AuthorizedHttp(http, new Authorizer(http, endpoint, credentials, "pull,push"));
  }

  /** Stores content under its digest, if it is not there. */
  void blob(byte[] content) throws IOException, InterruptedException {
    Digest digest = Digest.of(content);
    if (!has(digest)) {
      upload(begin(), digest, content);
    }
  }

  private boolean has(Digest digest) throws IOException, InterruptedException {
    try (Reply reply = http.send(new Call("HEAD", endpoint.blob(digest), Map.of(), new byte[0]))) {
      return reply.isSuccess();
    }
  }

  /** Where the registry wants to be given the next blob. */
  private URI begin() throws IOException, InterruptedException {
    try (Reply reply = http.send(new Call("POST", endpoint.uploads(), Map.of(), new byte[0]))) {
      RegistryErrors.require(reply, 202);
      String location =
          reply
              .headers()
              .firstValue("Location")
              .orElseThrow(() -> invalid("an upload that leads nowhere"));
      return endpoint.uploads().resolve(location);
    } catch (IllegalArgumentException e) {
      throw new RegistryException(Kind.INVALID, "an upload to what is no address", e);
    }
  }

  private void upload(URI to, Digest digest, byte[] content)
      throws IOException, InterruptedException {
    if (to.getScheme().equals("http") && !endpoint.plain()) {
      throw invalid("an upload without TLS");
    }
    String separator = to.getRawQuery() == null ? "?" : "&";
    URI whole = URI.create(to + separator + "digest=" + digest.value());
    Call put = new Call("PUT", whole, Map.of("Content-Type", BLOB_TYPE), content);
    boolean own = RegistryHttp.isSameOrigin(endpoint.uploads(), to);
    try (Reply reply = own ? http.send(put) : http.sendElsewhere(put)) {
      RegistryErrors.require(reply, 201);
    }
  }

  /**
   * Stores a manifest of which all blobs are there.
   *
   * @param reference the tag that is to lead to it
   */
  void manifest(String reference, String type, byte[] content)
      throws IOException, InterruptedException {
    Map<String, String> headers = Map.of("Content-Type", type);
    try (Reply reply = http.send(new Call("PUT", endpoint.manifest(reference), headers, content))) {
      RegistryErrors.require(reply, 201);
      String digest = Digest.of(content).value();
      String told = reply.headers().firstValue("Docker-Content-Digest").orElse(digest);
      if (!told.equals(digest)) {
        throw invalid("the manifest %s was stored as %s".formatted(digest, told));
      }
    }
  }

  private static RegistryException invalid(String what) {
    return new RegistryException(Kind.INVALID, "the registry answers with " + what);
  }
}
