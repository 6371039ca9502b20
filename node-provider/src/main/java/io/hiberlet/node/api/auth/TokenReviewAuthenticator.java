package io.hiberlet.node.api.auth;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.AuthenticationV1Api;
import io.kubernetes.client.openapi.models.V1TokenReview;
import io.kubernetes.client.openapi.models.V1TokenReviewSpec;
import io.kubernetes.client.openapi.models.V1TokenReviewStatus;
import io.kubernetes.client.openapi.models.V1UserInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Knows a caller by its bearer token, by asking the API server. The answer holds for a while, so
 * that is how long a revoked token may still be taken for good; of tokens, only hashes are kept.
 */
public final class TokenReviewAuthenticator implements Authenticator {

  /** The kubelet's authentication.webhook.cacheTTL. */
  private static final Duration KNOWN_LIFETIME = Duration.ofMinutes(2);

  private static final Duration UNKNOWN_LIFETIME = Duration.ofSeconds(10);
  private static final int MAX_CACHED = 256;

  private final AuthenticationV1Api api;
  private final ReviewCache<String, Optional<User>> cache;

  /**
   * Asks the API server that the client talks to.
   *
   * @param client acts as this node
   */
  public TokenReviewAuthenticator(ApiClient client) {
    this(client, System::nanoTime);
  }

  TokenReviewAuthenticator(ApiClient client, LongSupplier nanoTime) {
    this.api = new AuthenticationV1Api(client);
    this.cache = new ReviewCache<>(MAX_CACHED, nanoTime);
  }

  @Override
  public Optional<User> authenticate(Credentials credentials) throws IOException {
    String token = credentials.bearerToken();
    if (token == null || token.isEmpty()) {
      return Optional.empty();
    }
    String key = hash(token);
    Optional<Optional<User>> cached = cache.get(key);
    if (cached.isPresent()) {
      return cached.get();
    }
    Optional<User> user = review(token);
    cache.put(key, user, user.isPresent() ? KNOWN_LIFETIME : UNKNOWN_LIFETIME);
    return user;
  }

  private Optional<User> review(String token) throws IOException {
    V1TokenReviewStatus status;
    try {
      var review = new V1TokenReview().spec(new V1TokenReviewSpec().token(token));
      status = api.createTokenReview(review).execute().getStatus();
    } catch (ApiException e) {
      throw new IOException("the API server did not review a token: HTTP " + e.getCode(), e);
    }
    if (status == null || !Boolean.TRUE.equals(status.getAuthenticated())) {
      return Optional.empty();
    }
    V1UserInfo info = status.getUser();
    if (info == null || info.getUsername() == null || info.getUsername().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new User(
            info.getUsername(),
            Objects.requireNonNullElse(info.getUid(), ""),
            Objects.requireNonNullElse(info.getGroups(), List.of()),
            Objects.requireNonNullElse(info.getExtra(), Map.of())));
  }

  private static String hash(String token) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
