package io.hiberlet.benchmarks.crowd;

import io.hiberlet.node.client.ApiServerAccess;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CertificatesV1Api;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequest;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequestCondition;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequestStatus;
import java.time.Duration;
import java.util.Optional;

/** What an administrator does for a new node: until then it asks again and again. */
final class ServingCertificate {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final String SIGNER = "kubernetes.io/kubelet-serving";

  private ServingCertificate() {}

  /** Waits for the only node of a cluster to ask for it, and approves that. */
  static void approve(ApiServerAccess admin) throws ApiException, InterruptedException {
    CertificatesV1Api api = new CertificatesV1Api(admin.client());
    Optional<V1CertificateSigningRequest> request = find(api);
    while (request.isEmpty()) {
      Thread.sleep(POLL);
      request = find(api);
    }
    V1CertificateSigningRequest approved = request.get();
    approved.setStatus(
        new V1CertificateSigningRequestStatus()
            .addConditionsItem(
                new V1CertificateSigningRequestCondition().type("Approved").status("True")));
    api.replaceCertificateSigningRequestApproval(approved.getMetadata().getName(), approved)
        .execute();
  }

  private static Optional<V1CertificateSigningRequest> find(CertificatesV1Api api)
      throws ApiException {
    return api.listCertificateSigningRequest().execute().getItems().stream()
        .filter(each -> SIGNER.equals(each.getSpec().getSignerName()))
        .findFirst();
  }
}
