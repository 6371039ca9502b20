package io.hiberlet.agent.module.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.hiberlet.agent.module.registry.RegistryException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Map;
import java.util.Optional;

/**
 * Answers the challenges of a registry: with a password, or with a token that it gets from the
 * service that the registry names (the distribution project's token authentication).
 */
final class Authorizer {
  private static final int MAX_TOKEN_BYTES = 256 << 10;

  private final RegistryHttp http;
  private final Endpoint endpoint;
  private final Optional<Credentials> credentials;
  private final String actions;

  /**
   * @param actions what to ask a token for when the registry does not say it: {@code pull}, for
   *     example
   */
  Authorizer(
      RegistryHttp http, Endpoint endpoint, Optional<Credentials> credentials, String actions) {
    this.http = http;
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.actions = actions;
  }

  /** The value of an {@code Authorization} header; empty when there is no answer. */
  Optional<String> answer(Optional<Challenge> challenge) throws IOException, InterruptedException {
    if (challenge.isEmpty()) {
      return Optional.empty();
    }
    return challenge.get().scheme().equals(Challenge.BEARER)
        ? Optional.of("Bearer " + token(challenge.get()))
        : credentials.map(Credentials::basic);
  }

  private String token(Challenge challenge) throws IOException, InterruptedException {
    URI service = service(challenge);
    try (Reply reply = http.get(service, Map.of(), credentials.map(Credentials::basic))) {
      if (!reply.isSuccess()) {
        throw new RegistryException(
            reply.status() == 401 || reply.status() == 403 ? Kind.DENIED : Kind.UNAVAILABLE,
            "the registry's token service %s answers %d"
                .formatted(service.getHost(), reply.status()));
      }
      return parse(reply.bytes(MAX_TOKEN_BYTES, "the token"));
    }
  }

  private URI service(Challenge challenge) throws RegistryException {
    StringBuilder query = new StringBuilder();
    challenge
        .parameter("service")
        .ifPresent(name -> query.append("service=").append(encoded(name)).append('&'));
    String scope =
        challenge.parameter("scope").orElse("repository:" + endpoint.repository() + ":" + actions);
    query.append("scope=").append(encoded(scope));
    String realm = challenge.parameter("realm").orElse("");
    try {
      URI uri = URI.create(realm + (realm.indexOf('?') < 0 ? "?" : "&") + query);
      boolean known =
          "https".equals(uri.getScheme()) || (endpoint.plain() && "http".equals(uri.getScheme()));
      if (known && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new RegistryException(
        Kind.INVALID, "the registry names no token service that can be used with TLS");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private static String parse(byte[] body) throws RegistryException {
    try {
      if (JsonParser.parseString(new String(body, UTF_8)) instanceof JsonObject answer) {
        for (String key : new String[] {"token", "access_token"}) {
          if (answer.get(key) instanceof JsonPrimitive token && isToken(token.getAsString())) {
            return token.getAsString();
          }
        }
      }
    } catch (JsonParseException e) {
      // Its message would quote the token.
    }
    throw new RegistryException(Kind.INVALID, "the registry's token service sent no token");
  }

  /** What may stand in a header (RFC 6750). */
  private static boolean isToken(String text) {
    return text.matches("[A-Za-z0-9._~+/=:-]+");
  }
}
