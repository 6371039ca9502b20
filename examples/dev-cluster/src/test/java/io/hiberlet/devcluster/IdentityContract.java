package io.hiberlet.devcluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.ApiClient.Reply;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.pki.CertificateAuthority;
import io.hiberlet.devcluster.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Part two of the contract: who is who, and who may do what. */
abstract class IdentityContract extends ApiServerContract {
  private static final String CSRS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
  private static final String CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final String BOOTSTRAP_TOKEN = "hibern.letsleepingdogs0";
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";

  @Test
  void strangersAreTurnedAway() throws Exception {
    Reply forged = admin.withToken("abc.def.ghi").get(configMaps);
    assertEquals(401, forged.code());
    assertEquals("Unauthorized", forged.at("reason"));
    Reply anonymous = admin.withToken(null).get(configMaps);
    assertEquals(403, anonymous.code());
    assertEquals(
        "configmaps is forbidden: User \"system:anonymous\" cannot list resource \"configmaps\" in"
            + " API group \"\" in the namespace \"%s\"".formatted(namespace),
        anonymous.at("message"));
  }

  @Test
  void tokenIsGoodForItsAccountAsLongAsItsPodExists() throws Exception {
    Reply pod = createPod("p", "\"nodeName\":\"absent\",");
    Reply issued = requestToken(pod.at("metadata", "uid"));
    assertEquals(201, issued.code(), issued.toString());
    String token = issued.at("status", "token");
    assertFalse(issued.at("status", "expirationTimestamp").isEmpty());

    Reply review = review(token);
    assertEquals("true", review.at("status", "authenticated"));
    String user = "system:serviceaccount:" + namespace + ":default";
    assertEquals(user, review.at("status", "user", "username"));
    JsonObject extra = Json.object(review.body(), "status", "user", "extra");
    assertEquals(List.of("p"), Json.strings(extra, "authentication.kubernetes.io/pod-name"));

    ApiClient account = admin.withToken(token);
    assertEquals(403, account.get(configMaps).code());
    allow("default", "configmaps", "get", "list");
    account.await(configMaps, reply -> reply.code() == 200);
    assertEquals(403, account.post(configMaps, "{\"metadata\":{\"name\":\"x\"}}").code());

    admin.delete(pods + "/p", "{\"gracePeriodSeconds\":0}");
    admin.await(pods + "/p", reply -> reply.code() == 404);
    awaitRejected(token);
  }

  /** A real API server remembers for ten seconds that a token was good. */
  private void awaitRejected(String token) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (review(token).at("status", "authenticated").equals("true")) {
      assertTrue(System.nanoTime() < deadline, "the token is still good");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  @Test
  void tokenRequestIsChecked() throws Exception {
    createPod("p", "\"nodeName\":\"absent\",");
    assertEquals(409, requestToken("another-uid").code());
    String tokens = "/api/v1/namespaces/" + namespace + "/serviceaccounts/default/token";
    assertEquals(422, admin.post(tokens, "{\"spec\":{\"expirationSeconds\":10}}").code());
  }

  private Reply requestToken(String podUid) throws Exception {
    return requestToken(admin, "p", podUid, "[\"https://kubernetes.default.svc\"]");
  }

  private Reply requestToken(ApiClient requestor, String pod, String podUid, String audiences)
      throws Exception {
    return requestor.post(
        "/api/v1/namespaces/" + namespace + "/serviceaccounts/default/token",
        ("{\"spec\":{\"audiences\":%s,\"expirationSeconds\":600,"
             + "\"boundObjectRef\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"%s\",\"uid\":\"%s\"}}}")
            .formatted(audiences, pod, podUid));
  }

  private Reply review(String token) throws Exception {
    return admin.post(
        "/apis/authentication.k8s.io/v1/tokenreviews",
        "{\"spec\":{\"token\":\"%s\"}}".formatted(token));
  }

  private void allow(String account, String resource, String... verbs) throws Exception {
    admin.post(
        RBAC + "namespaces/" + namespace + "/roles",
        "{\"metadata\":{\"name\":\"r\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"%s\"],\"verbs\":%s}]}"
            .formatted(resource, Json.array(List.of(verbs))));
    admin.post(
        RBAC + "namespaces/" + namespace + "/rolebindings",
        ("{\"metadata\":{\"name\":\"b\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\","
             + "\"kind\":\"Role\",\"name\":\"r\"},\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":\"%s\","
             + "\"namespace\":\"%s\"}]}")
            .formatted(account, namespace));
  }

  @Test
  void accessIsReviewed() throws Exception {
    allow("someone", "configmaps", "get");
    String path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    String user = "system:serviceaccount:" + namespace + ":someone";
    awaitAllowed(path, sar(user, "get"));
    assertEquals("false", admin.post(path, sar(user, "update")).at("status", "allowed"));
    Reply own =
        admin.post(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            "{\"spec\":{\"resourceAttributes\":{\"verb\":\"delete\",\"resource\":\"nodes\"}}}");
    assertEquals("true", own.at("status", "allowed"));
  }

  private void awaitAllowed(String path, String review) throws Exception {
    for (int i = 0;
        i < 100 && !admin.post(path, review).at("status", "allowed").equals("true");
        i++) {
      admin.get(configMaps);
    }
    assertEquals("true", admin.post(path, review).at("status", "allowed"));
  }

  private String sar(String user, String verb) {
    return ("{\"spec\":{\"user\":\"%s\",\"resourceAttributes\":{\"namespace\":\"%s\",\"verb\":\"%s\","
                + "\"resource\":\"configmaps\"}}}")
        .formatted(user, namespace, verb);
  }

  @Test
  void certificateRequestIsSignedWhenItIsApproved() throws Exception {
    KeyPair keys = CertificateAuthority.newKeys();
    Reply created = request(admin, keys, "CN=" + namespace, "kubernetes.io/kube-apiserver-client");
    assertEquals(201, created.code(), created.toString());
    assertEquals("kubernetes-admin", created.at("spec", "username"));
    JsonObject approved = created.body();
    JsonObject condition =
        Json.of("type", "Approved", "status", "True", "reason", "Test", "message", "by a test");
    Json.child(approved, "status").add("conditions", Json.array(List.of(condition)));
    assertEquals(200, admin.put(CSRS + "/" + namespace + "/approval", approved).code());
    Reply refused = admin.withCertificate(signed(), keys.getPrivate()).get(configMaps);
    assertEquals(403, refused.code());
    assertTrue(refused.at("message").contains("User \"" + namespace + "\""));
  }

  @Test
  void nodeJoinsByBootstrapToken() throws Exception {
    String node = "n-" + namespace;
    ApiClient joined = join(node);
    assertEquals(403, admin.withToken(BOOTSTRAP_TOKEN).get("/api/v1/nodes").code());
    Reply registered =
        joined.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"%s\"}}".formatted(node));
    assertEquals(201, registered.code(), registered.toString());
    assertEquals(200, joined.get("/api/v1/nodes/" + node).code());
    assertEquals(403, joined.get(CRDS).code());
  }

  @Test
  void nodeGetsTheTokensThatItsPodsMount() throws Exception {
    int minor = Integer.parseInt(admin.get("/version").at("minor").replaceAll("\\D", ""));
    Assumptions.assumeTrue(minor >= 33, "older servers let a node ask for any audience");
    String node = "n-" + namespace;
    ApiClient joined = join(node);
    String uid = createPod("p", "\"nodeName\":\"%s\",".formatted(node)).at("metadata", "uid");
    awaitToken(joined, uid);
    assertEquals(403, requestToken(joined, "p", uid, "[\"vault\"]").code());
    String members = "\"automountServiceAccountToken\":false,\"nodeName\":\"%s\",".formatted(node);
    String other = createPod("without", members).at("metadata", "uid");
    assertEquals(403, requestToken(joined, "without", other, "[]").code());
  }

  /** A real API server's Node authorizer learns of a pod by a watch of its own. */
  private void awaitToken(ApiClient node, String podUid) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    for (Reply reply = requestToken(node, "p", podUid, "[]");
        reply.code() != 201;
        reply = requestToken(node, "p", podUid, "[]")) {
      assertTrue(System.nanoTime() < deadline, reply.toString());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private ApiClient join(String node) throws Exception {
    KeyPair keys = CertificateAuthority.newKeys();
    Reply created =
        request(
            admin.withToken(BOOTSTRAP_TOKEN),
            keys,
            "O=system:nodes,CN=system:node:" + node,
            "kubernetes.io/kube-apiserver-client-kubelet");
    assertEquals(201, created.code(), created.toString());
    return admin.withCertificate(signed(), keys.getPrivate());
  }

  private Reply request(ApiClient requestor, KeyPair keys, String subject, String signer)
      throws Exception {
    byte[] request =
        new JcaPKCS10CertificationRequestBuilder(new X500Principal(subject), keys.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
            .getEncoded();
    String pem = Pem.encode("CERTIFICATE REQUEST", request);
    String encoded = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    return requestor.post(
        CSRS,
        ("{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"request\":\"%s\",\"signerName\":\"%s\","
                + "\"usages\":[\"digital signature\",\"key encipherment\",\"client auth\"]}}")
            .formatted(namespace, encoded, signer));
  }

  private String signed() throws Exception {
    Reply signed =
        admin.await(CSRS + "/" + namespace, reply -> !reply.at("status", "certificate").isEmpty());
    return new String(
        Base64.getDecoder().decode(signed.at("status", "certificate")), StandardCharsets.US_ASCII);
  }
}
