package io.hiberlet.agent.volume;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.hiberlet.node.client.ServiceAccountToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * A token of a service account, with its life as it says itself (RFC 7519): so one that lies in a
 * file needs nothing beside it, also after a restart of the agent. What it says is not verified; it
 * only decides when to ask for another.
 */
record IssuedToken(String value, Instant issuedAt, Instant expiresAt) {
  /** The kubelet's, in {@code pkg/kubelet/token}. */
  private static final Duration OLDEST = Duration.ofHours(24);

  /** Reads a token; empty when it does not say how long it lives. */
  static Optional<IssuedToken> parse(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      String claims = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8);
      return JsonParser.parseString(claims) instanceof JsonObject object
          ? read(token, object)
          : Optional.empty();
    } catch (IllegalArgumentException | JsonParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<IssuedToken> read(String token, JsonObject claims) {
    Optional<Instant> issued = time(claims.get("iat"));
    Optional<Instant> expires = time(claims.get("exp"));
    // The server makes tokens of the default life live for a year, and says when to take another.
    Optional<Instant> warned =
        claims.get("kubernetes.io") instanceof JsonObject own
            ? time(own.get("warnafter"))
            : Optional.empty();
    return issued.isEmpty() || expires.isEmpty()
        ? Optional.empty()
        : Optional.of(new IssuedToken(token, issued.get(), warned.orElse(expires.get())));
  }

  private static Optional<Instant> time(JsonElement seconds) {
    return seconds instanceof JsonPrimitive number && number.isNumber()
        ? Optional.of(Instant.ofEpochSecond(number.getAsLong()))
        : Optional.empty();
  }

  /** One that was granted now. */
  static IssuedToken of(ServiceAccountToken granted, Instant now) {
    return parse(granted.value())
        .orElseGet(() -> new IssuedToken(granted.value(), now, granted.expiresAt()));
  }

  /** When another takes its place: after four fifths of its life, or a day. */
  Instant staleAt() {
    Instant late =
        issuedAt.plus(Duration.between(issuedAt, expiresAt).multipliedBy(4).dividedBy(5));
    Instant day = issuedAt.plus(OLDEST);
    return late.isBefore(day) ? late : day;
  }

  @Override
  public String toString() {
    return "IssuedToken until " + expiresAt; // never the value: this ends up in logs
  }
}
