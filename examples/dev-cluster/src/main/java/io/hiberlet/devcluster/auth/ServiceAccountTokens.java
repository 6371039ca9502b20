package io.hiberlet.devcluster.auth;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.pki.CertificateAuthority;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Issues and verifies the signed tokens of service accounts (KEP-1205): JSON Web Tokens (RFC 7519,
 * ES256), good for some audiences, for a time, and for as long as the account, and the pod if any,
 * exist. Thread-safe.
 */
public final class ServiceAccountTokens {
  /** The issuer, and the audience of tokens for the API server itself. */
  public static final String ISSUER = "https://kubernetes.default.svc";

  private static final String SIGNATURE = "SHA256withECDSAinP1363Format";
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
  private static final String HEADER =
      encode(Json.bytes(Json.of("alg", "ES256", "typ", "JWT", "kid", "dev-cluster")));
  private static final String PRIVATE_CLAIMS = "kubernetes.io";

  private final KeyPair keys = CertificateAuthority.newKeys();
  private final ObjectStore store;

  public ServiceAccountTokens(ObjectStore store) {
    this.store = store;
  }

  /**
   * A token for a service account.
   *
   * @param pod the pod that it is bound to, null for none
   */
  public String issue(
      JsonObject serviceAccount,
      @Nullable JsonObject pod,
      List<String> audiences,
      Duration lifetime) {
    String namespace = Json.string(serviceAccount, "metadata", "namespace");
    String name = Json.string(serviceAccount, "metadata", "name");
    JsonObject bindings =
        Json.of("namespace", namespace, "serviceaccount", reference(serviceAccount));
    if (pod != null) {
      bindings.add("pod", reference(pod));
    }
    long now = Instant.now().getEpochSecond();
    JsonObject claims =
        Json.of(
            "iss",
            ISSUER,
            "sub",
            "system:serviceaccount:" + namespace + ":" + name,
            "aud",
            Json.array(audiences),
            "iat",
            now,
            "nbf",
            now,
            "exp",
            now + lifetime.toSeconds(),
            PRIVATE_CLAIMS,
            bindings);
    String signed = HEADER + "." + encode(Json.bytes(claims));
    return signed + "." + encode(sign(signed));
  }

  /** The account that the token is good for with one of these audiences; empty when it is not. */
  public Optional<User> verify(String token, List<String> audiences) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3 || !parts[0].equals(HEADER)) {
      return Optional.empty();
    }
    try {
      if (!isSigned(parts[0] + "." + parts[1], DECODER.decode(parts[2]))) {
        return Optional.empty();
      }
      JsonElement claims = Json.parse(DECODER.decode(parts[1]));
      boolean meant = Json.strings(claims, "aud").stream().anyMatch(audiences::contains);
      boolean current = Instant.now().getEpochSecond() < Json.number(claims, 0, "exp");
      return meant && current ? user(Json.object(claims, PRIVATE_CLAIMS)) : Optional.empty();
    } catch (IllegalArgumentException | JsonParseException e) {
      return Optional.empty();
    }
  }

  private Optional<User> user(JsonObject bindings) {
    String namespace = Json.string(bindings, "namespace");
    JsonObject account = Json.object(bindings, "serviceaccount");
    boolean boundToPod = bindings.has("pod");
    JsonObject pod = Json.object(bindings, "pod");
    boolean podGone = boundToPod && !exists("pods", namespace, pod);
    if (podGone || !exists("serviceaccounts", namespace, account)) {
      return Optional.empty();
    }
    Map<String, List<String>> extra =
        boundToPod
            ? Map.of(
                "authentication.kubernetes.io/pod-name", List.of(Json.string(pod, "name")),
                "authentication.kubernetes.io/pod-uid", List.of(Json.string(pod, "uid")))
            : Map.of();
    return Optional.of(
        User.authenticated(
            "system:serviceaccount:" + namespace + ":" + Json.string(account, "name"),
            Json.string(account, "uid"),
            List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace),
            extra));
  }

  private boolean exists(String collection, String namespace, JsonObject reference) {
    ObjectKey key = new ObjectKey(collection, namespace, Json.string(reference, "name"));
    JsonElement uid = Json.at(store.get(key), "metadata", "uid");
    return new JsonPrimitive(Json.string(reference, "uid")).equals(uid);
  }

  private static JsonObject reference(JsonObject object) {
    return Json.of(
        "name", Json.string(object, "metadata", "name"),
        "uid", Json.string(object, "metadata", "uid"));
  }

  private byte[] sign(String text) {
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initSign(keys.getPrivate());
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isSigned(String text, byte[] signed) {
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initVerify(keys.getPublic());
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }
}
