package io.hiberlet.devcluster.auth;

import com.google.gson.JsonElement;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Tells who asks: by client certificate (the common name, and organisations as groups), service
 * account token, or bootstrap token. Thread-safe.
 */
public final class Authenticator {
  private static final Pattern BOOTSTRAP_TOKEN = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");

  private final X509Certificate clientCa;
  private final ServiceAccountTokens tokens;
  private final ObjectStore store;

  /**
   * An authenticator.
   *
   * @param clientCa who signs the certificates of clients
   */
  public Authenticator(X509Certificate clientCa, ServiceAccountTokens tokens, ObjectStore store) {
    this.clientCa = clientCa;
    this.tokens = tokens;
    this.store = store;
  }

  /**
   * The user behind a request, who is anonymous without any credential.
   *
   * @param certificate what the TLS client proved to own, but not yet that it is one of ours
   * @param authorization the Authorization field
   * @throws ApiException 401 when a credential is there and is not good
   */
  public User authenticate(@Nullable X509Certificate certificate, @Nullable String authorization) {
    if (certificate != null) {
      return byCertificate(certificate);
    }
    if (authorization == null) {
      return User.ANONYMOUS;
    }
    if (!authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      throw ApiException.unauthorized();
    }
    return byToken(authorization.substring(7).strip(), List.of(ServiceAccountTokens.ISSUER))
        .orElseThrow(ApiException::unauthorized);
  }

  /** The user of a bearer token that is meant for one of the audiences. */
  Optional<User> byToken(String token, List<String> audiences) {
    Matcher bootstrap = BOOTSTRAP_TOKEN.matcher(token);
    return bootstrap.matches()
        ? byBootstrapToken(bootstrap.group(1), bootstrap.group(2))
        : tokens.verify(token, audiences);
  }

  private User byCertificate(X509Certificate certificate) {
    try {
      certificate.verify(clientCa.getPublicKey());
      certificate.checkValidity();
      String name = "";
      List<String> groups = new ArrayList<>();
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          name = part.getValue().toString();
        } else if (part.getType().equalsIgnoreCase("O")) {
          groups.add(part.getValue().toString());
        }
      }
      return User.authenticated(name, "", groups, Map.of());
    } catch (GeneralSecurityException | InvalidNameException e) {
      throw ApiException.unauthorized();
    }
  }

  private Optional<User> byBootstrapToken(String id, String secret) {
    JsonElement stored =
        store.get(new ObjectKey("secrets", "kube-system", "bootstrap-token-" + id));
    if (!Json.string(stored, "type").equals("bootstrap.kubernetes.io/token")
        || !secretValue(stored, "usage-bootstrap-authentication").equals("true")
        || !MessageDigest.isEqual(
            secret.getBytes(StandardCharsets.UTF_8),
            secretValue(stored, "token-secret").getBytes(StandardCharsets.UTF_8))) {
      return Optional.empty();
    }
    return Optional.of(
        User.authenticated(
            "system:bootstrap:" + id, "", List.of("system:bootstrappers"), Map.of()));
  }

  private static String secretValue(@Nullable JsonElement secret, String key) {
    return new String(
        Base64.getDecoder().decode(Json.string(secret, "data", key)), StandardCharsets.UTF_8);
  }
}
