package io.hiberlet.node.certificate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.node.client.ApiErrors;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CertificatesV1Api;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequest;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequestCondition;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequestSpec;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequestStatus;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Asks the cluster for a node's certificates. A request's name comes from its key and from what is
 * asked for, so that asking again, after a restart for example, finds the first request instead of
 * making a second. Thread-safe; every call blocks.
 */
final class SigningRequests {
  private static final int NAME_DIGEST_CHARS = 32;

  /** What became of a request. */
  sealed interface Answer {
    /** Nobody has decided yet. */
    record Pending(String request) implements Answer {}

    /** The key's own certificate comes first. */
    record Issued(String request, List<X509Certificate> chain) implements Answer {}

    /** Denied by a person, or failed at the signer. */
    record Refused(String request, String why) implements Answer {}
  }

  private final CertificatesV1Api api;

  SigningRequests(ApiClient client) {
    this.api = new CertificatesV1Api(client);
  }

  /** Makes the request unless there is one, and tells how it stands. */
  Answer ask(KeyPair keys, CertificateProfile profile)
      throws ApiException, GeneralSecurityException {
    String name = name(keys, profile);
    V1CertificateSigningRequest request;
    try {
      request = api.readCertificateSigningRequest(name).execute();
    } catch (ApiException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
      request = create(name, keys, profile);
    }
    return answer(name, Optional.ofNullable(request.getStatus()));
  }

  private V1CertificateSigningRequest create(String name, KeyPair keys, CertificateProfile profile)
      throws ApiException, GeneralSecurityException {
    var request =
        new V1CertificateSigningRequest()
            .apiVersion("certificates.k8s.io/v1")
            .kind("CertificateSigningRequest")
            .metadata(new V1ObjectMeta().name(name))
            .spec(
                new V1CertificateSigningRequestSpec()
                    .signerName(profile.signer())
                    .usages(profile.usages())
                    .request(Certificates.request(keys, profile)));
    return api.createCertificateSigningRequest(request).execute();
  }

  private static Answer answer(String name, Optional<V1CertificateSigningRequestStatus> status)
      throws GeneralSecurityException {
    Optional<byte[]> chain = status.map(V1CertificateSigningRequestStatus::getCertificate);
    if (chain.isPresent()) {
      return new Answer.Issued(name, CertificateDirectory.certificates(chain.get()));
    }
    return status.map(V1CertificateSigningRequestStatus::getConditions).stream()
        .flatMap(List::stream)
        .filter(condition -> !condition.getType().equals("Approved"))
        .findFirst()
        .<Answer>map(condition -> new Answer.Refused(name, why(condition)))
        .orElseGet(() -> new Answer.Pending(name));
  }

  private static String why(V1CertificateSigningRequestCondition condition) {
    return condition.getType()
        + ": "
        + Objects.requireNonNullElse(condition.getMessage(), "no explanation");
  }

  private static String name(KeyPair keys, CertificateProfile profile)
      throws GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(profile.toString().getBytes(UTF_8));
    String hex = HexFormat.of().formatHex(digest.digest(keys.getPublic().getEncoded()));
    return "hiberlet-" + profile.name() + "-" + hex.substring(0, NAME_DIGEST_CHARS);
  }
}
