package io.hiberlet.agent.module.registry;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.hiberlet.agent.module.registry.RegistryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one repository at one endpoint, with one set of credentials or without. What a token
 * service granted is kept here and nowhere else: nobody else's pull can use it. Used by one thread.
 */
final class RegistrySession {
  private static final int MAX_MANIFEST_BYTES = 4 << 20;
  private static final int MAX_ERROR_BYTES = 64 << 10;
  private static final int MAX_MESSAGE_CHARS = 300;
  private static final String CONTENT_DIGEST = "Docker-Content-Digest";

  private final RegistryHttp http;
  private final Endpoint endpoint;
  private final Optional<Credentials> credentials;
  private final Authorizer authorizer;
  private Optional<String> authorization = Optional.empty();

  RegistrySession(RegistryHttp http, Endpoint endpoint, Optional<Credentials> credentials) {
    this.http = http;
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.authorizer = new Authorizer(http, endpoint, credentials);
  }

  /** What has been shown; empty when there was no need so far. */
  Optional<Opening> opening() {
    return authorization.flatMap(
        any -> credentials.map(own -> new Opening(endpoint.credentialsFor(), own)));
  }

  /** A manifest or an index, verified when it is asked for by digest. */
  Document manifest(String reference) throws IOException, InterruptedException {
    try (Reply reply = get(endpoint.manifest(reference), Map.of("Accept", Manifests.ACCEPT))) {
      require(reply);
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
    Reply reply = get(endpoint.blob(layer.digest()), Map.of());
    try {
      require(reply);
      return new VerifiedInputStream(reply.body(), layer);
    } catch (IOException e) {
      reply.close();
      throw e;
    }
  }

  private Reply get(URI uri, Map<String, String> headers) throws IOException, InterruptedException {
    Reply reply = http.get(uri, headers, authorization);
    if (reply.status() != 401) {
      return reply;
    }
    List<String> challenges = reply.headers().allValues("WWW-Authenticate");
    Optional<String> granted = authorizer.answer(Challenge.best(challenges));
    if (granted.isEmpty()) {
      return reply;
    }
    reply.close();
    authorization = granted;
    return http.get(uri, headers, authorization);
  }

  private static void require(Reply reply) throws IOException {
    if (reply.isSuccess()) {
      return;
    }
    String said = message(reply.body().readNBytes(MAX_ERROR_BYTES));
    String why = said.isEmpty() ? "" : ": " + said;
    throw switch (reply.status()) {
      case 401, 403 ->
          new RegistryException(
              Kind.DENIED, "the registry denies access (%d)%s".formatted(reply.status(), why));
      case 404 -> new RegistryException(Kind.NOT_FOUND, "not found" + why);
      default ->
          new RegistryException(
              Kind.UNAVAILABLE,
              "the registry answers %d%s%s".formatted(reply.status(), retry(reply), why));
    };
  }

  private static String retry(Reply reply) {
    return RegistryHttp.retryAfter(reply)
        .map(wait -> ", come again in %d s".formatted(wait.toSeconds()))
        .orElse("");
  }

  /** The first error's message in the body that the distribution specification describes. */
  private static String message(byte[] body) {
    try {
      JsonElement json = JsonParser.parseString(new String(body, StandardCharsets.UTF_8));
      if (json instanceof JsonObject object
          && object.get("errors") instanceof JsonArray errors
          && !errors.isEmpty()
          && errors.get(0) instanceof JsonObject error
          && error.get("message") instanceof JsonPrimitive message) {
        return printable(message.getAsString());
      }
    } catch (JsonParseException e) {
      return ""; // a proxy's page, for example
    }
    return "";
  }

  private static String printable(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= MAX_MESSAGE_CHARS ? line : line.substring(0, MAX_MESSAGE_CHARS) + "…";
  }
}
