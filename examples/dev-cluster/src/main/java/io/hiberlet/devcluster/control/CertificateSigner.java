package io.hiberlet.devcluster.control;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.api.Timestamps;
import io.hiberlet.devcluster.auth.Access;
import io.hiberlet.devcluster.auth.RbacAuthorizer;
import io.hiberlet.devcluster.auth.User;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.pki.CertificateAuthority;
import io.hiberlet.devcluster.pki.Identity;
import io.hiberlet.devcluster.pki.Pem;
import io.hiberlet.devcluster.store.Change;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * Approves nodes' requests for client certificates by the RBAC rules of kubeadm, and signs whatever
 * request of the two kubelet signers is approved.
 */
final class CertificateSigner implements Controller {
  private static final String GROUP = "certificates.k8s.io";
  private static final String REQUESTS = "certificatesigningrequests." + GROUP;
  private static final String CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";
  private static final Map<String, KeyPurposeId> PURPOSES =
      Map.of(
          CLIENT_SIGNER,
          KeyPurposeId.id_kp_clientAuth,
          "kubernetes.io/kube-apiserver-client",
          KeyPurposeId.id_kp_clientAuth,
          "kubernetes.io/kubelet-serving",
          KeyPurposeId.id_kp_serverAuth);
  private static final long DEFAULT_LIFETIME_SECONDS = Duration.ofDays(365).toSeconds();

  private final ObjectStore store;
  private final RbacAuthorizer authorizer;
  private final CertificateAuthority authority;

  CertificateSigner(ObjectStore store, RbacAuthorizer authorizer, CertificateAuthority authority) {
    this.store = store;
    this.authorizer = authorizer;
    this.authority = authority;
  }

  @Override
  public boolean concerns(Change change) {
    return change.key().collection().equals(REQUESTS);
  }

  @Override
  public void reconcile() {
    for (JsonObject request : store.all(REQUESTS)) {
      ObjectKey key = new ObjectKey(REQUESTS, "", Json.string(request, "metadata", "name"));
      store.write(key, present -> present == null ? null : advance(present), false);
    }
  }

  private JsonObject advance(JsonObject request) {
    JsonObject status = Json.child(request, "status");
    if (Json.objects(status, "conditions").isEmpty() && isApprovedByRule(request)) {
      addCondition(status, "Approved", "AutoApproved", "a role allows the requestor to have it");
    }
    boolean settled = has(status, "Denied") || has(status, "Failed") || status.has("certificate");
    if (has(status, "Approved") && !settled) {
      sign(request, status);
    }
    return request;
  }

  private boolean isApprovedByRule(JsonObject request) {
    JsonObject spec = Json.object(request, "spec");
    String requestor = Json.string(spec, "username");
    List<String> groups = Json.strings(spec, "groups");
    User user = new User(requestor, "", groups, Map.of());
    String subresource = groups.contains("system:nodes") ? "selfnodeclient" : "nodeclient";
    return Json.string(spec, "signerName").equals(CLIENT_SIGNER)
        && authorizer.isAllowed(
            user,
            new Access("create", GROUP, "certificatesigningrequests", subresource, "", "", ""));
  }

  private void sign(JsonObject request, JsonObject status) {
    JsonObject spec = Json.object(request, "spec");
    KeyPurposeId purpose = PURPOSES.get(Json.string(spec, "signerName"));
    if (purpose == null) {
      return;
    }
    try {
      String pem =
          new String(
              Base64.getDecoder().decode(Json.string(spec, "request")), StandardCharsets.UTF_8);
      PKCS10CertificationRequest asked =
          new PKCS10CertificationRequest(Pem.decode("CERTIFICATE REQUEST", pem));
      if (!asked.isSignatureValid(
          new JcaContentVerifierProviderBuilder().build(asked.getSubjectPublicKeyInfo()))) {
        throw new IllegalArgumentException("the request is not signed by its own key");
      }
      long seconds = Json.number(spec, DEFAULT_LIFETIME_SECONDS, "expirationSeconds");
      X509Certificate signed =
          authority.issue(
              asked.getSubject(),
              asked.getSubjectPublicKeyInfo(),
              alternativeNames(asked),
              purpose,
              Duration.ofSeconds(seconds));
      byte[] certificate = Identity.pem(signed).getBytes(StandardCharsets.US_ASCII);
      status.addProperty("certificate", Base64.getEncoder().encodeToString(certificate));
    } catch (IOException | OperatorCreationException | PKCSException | IllegalArgumentException e) {
      addCondition(status, "Failed", "SignerValidationFailure", String.valueOf(e.getMessage()));
    }
  }

  private static GeneralName[] alternativeNames(PKCS10CertificationRequest request) {
    Extensions extensions = request.getRequestedExtensions();
    GeneralNames names =
        extensions == null
            ? null
            : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
    return names == null ? new GeneralName[0] : names.getNames();
  }

  private static boolean has(JsonObject status, String type) {
    return Json.objects(status, "conditions").stream()
        .anyMatch(condition -> Json.string(condition, "type").equals(type));
  }

  private static void addCondition(JsonObject status, String type, String reason, String message) {
    Json.childArray(status, "conditions")
        .add(
            Json.of(
                "type",
                type,
                "status",
                "True",
                "reason",
                reason,
                "message",
                message,
                "lastUpdateTime",
                Timestamps.now(),
                "lastTransitionTime",
                Timestamps.now()));
  }
}
