package io.hiberlet.devcluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.ApiClient.Reply;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.pki.CertificateAuthority;
import io.hiberlet.devcluster.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

/**
 * Part two of the contract: what the control plane as a whole does for nodes, pods, custom
 * resources and identities.
 */
abstract class ClusterContract extends ApiServerContract {
  private static final String CSRS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
  private static final String CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";

  @Test
  void podOnANodeIsDeletedGracefully() throws Exception {
    Reply created = createPod("p", "\"nodeName\":\"absent\",");
    assertEquals("Pending", created.at("status", "phase"));
    assertEquals("default", created.at("spec", "serviceAccountName"));
    assertEquals("Always", created.at("spec", "restartPolicy"));
    Reply wrongUid = admin.delete(pods + "/p", "{\"preconditions\":{\"uid\":\"other\"}}");
    assertEquals(409, wrongUid.code());
    Reply deleted = admin.delete(pods + "/p");
    assertEquals(200, deleted.code());
    assertEquals("Pod", deleted.at("kind"));
    Reply waiting = admin.get(pods + "/p");
    assertFalse(waiting.at("metadata", "deletionTimestamp").isEmpty());
    assertEquals("30", waiting.at("metadata", "deletionGracePeriodSeconds"));
    admin.delete(pods + "/p", "{\"gracePeriodSeconds\":0}");
    assertEquals(404, admin.get(pods + "/p").code());
  }

  @Test
  void podWithoutNodeIsDeletedAtOnce() throws Exception {
    createPod("p", "\"nodeSelector\":{\"no\":\"where\"},");
    Reply pending = admin.await(pods + "/p", r -> !condition(r, "PodScheduled").isEmpty());
    assertEquals("False", condition(pending, "PodScheduled"));
    admin.delete(pods + "/p");
    assertEquals(404, admin.get(pods + "/p").code());
  }

  @Test
  void finalizerHoldsADeletionUp() throws Exception {
    admin.post(configMaps, "{\"metadata\":{\"name\":\"f\",\"finalizers\":[\"example.com/hold\"]}}");
    admin.delete(configMaps + "/f");
    Reply held = admin.get(configMaps + "/f");
    assertFalse(held.at("metadata", "deletionTimestamp").isEmpty());
    admin.patch(configMaps + "/f", "merge", "{\"metadata\":{\"finalizers\":null}}");
    assertEquals(404, admin.get(configMaps + "/f").code());
  }

  @Test
  void whatIsOwnedGoesWithItsOwner() throws Exception {
    Reply owner = createConfigMap("owner", "{}");
    admin.post(
        configMaps,
        ("{\"metadata\":{\"name\":\"owned\",\"ownerReferences\":[{\"apiVersion\":\"v1\","
                + "\"kind\":\"ConfigMap\",\"name\":\"owner\",\"uid\":\"%s\"}]}}")
            .formatted(owner.at("metadata", "uid")));
    admin.delete(configMaps + "/owner");
    admin.await(configMaps + "/owned", reply -> reply.code() == 404);
  }

  @Test
  void namespaceTakesItsContentAlong() throws Exception {
    createConfigMap("a", "{}");
    Reply deleted = admin.delete("/api/v1/namespaces/" + namespace);
    assertEquals("Terminating", deleted.at("status", "phase"));
    admin.await("/api/v1/namespaces/" + namespace, reply -> reply.code() == 404);
    assertEquals(404, admin.get(configMaps + "/a").code());
  }

  @Test
  void customResourcesComeAndGoWithTheirDefinition() throws Exception {
    assumeCustomResourcesDoNotKillTheServer();
    String group = namespace + ".example.com";
    String rings = defineRings(group);
    Reply listed = admin.get("/apis/" + group + "/v1");
    assertEquals("APIResourceList", listed.at("kind"));
    Reply created = admin.post(rings, ring(group, "r"));
    assertEquals(201, created.code(), created.toString());
    assertEquals("1", created.at("metadata", "generation"));
    assertEquals("", created.at("status", "seen"), "the status is not for creators");

    JsonObject status = created.body().deepCopy();
    status.add("status", Json.of("seen", "yes"));
    status.add("spec", Json.of("value", "ignored"));
    Reply updated = admin.put(rings + "/r/status", status);
    assertEquals("yes", updated.at("status", "seen"));
    assertEquals("one", updated.at("spec", "value"));
    assertEquals("1", updated.at("metadata", "generation"));

    Reply patched =
        admin.patch(
            rings + "/r", "merge", "{\"spec\":{\"value\":\"two\"},\"status\":{\"seen\":\"no\"}}");
    assertEquals("two", patched.at("spec", "value"));
    assertEquals("yes", patched.at("status", "seen"));
    assertEquals("2", patched.at("metadata", "generation"));
    assertEquals(415, admin.patch(rings + "/r", "strategic-merge", "{}").code());

    JsonObject unversioned = patched.body().deepCopy();
    Json.child(unversioned, "metadata").remove("resourceVersion");
    assertEquals(422, admin.put(rings + "/r", unversioned).code());

    admin.delete(CRDS + "/rings." + group);
    admin.await(rings, reply -> reply.code() == 404);
  }

  @Test
  void watchFromAForgottenRevisionIsToldSo() throws Exception {
    String rings = defineRings(namespace + ".example.com");
    String watch = rings + "?watch=true&timeoutSeconds=20&resourceVersion=1";
    try (ApiClient.Events events = admin.watch(watch)) {
      JsonObject error = events.next();
      assertNotNull(error);
      assertEquals("ERROR", Json.string(error, "type"), error.toString());
      assertEquals("Status", Json.string(error, "object", "kind"));
      assertEquals(410, Json.number(error, 0, "object", "code"));
      assertEquals("Expired", Json.string(error, "object", "reason"));
      assertNull(events.next());
    }
  }

  /**
   * A kube-apiserver before 1.23 that was built with Go 1.18 or later dies of the first custom
   * resource: its copy of modern-go/reflect2 calls a function of the Go runtime that has changed.
   */
  private void assumeCustomResourcesDoNotKillTheServer() throws Exception {
    Reply version = admin.get("/version");
    int minor = Integer.parseInt(version.at("minor").replaceAll("\\D", ""));
    boolean newGo = version.at("goVersion").matches("go1\\.(1[89]|[2-9]\\d).*");
    Assumptions.assumeFalse(minor < 23 && newGo, "this build dies of custom resources");
  }

  private String defineRings(String group) throws Exception {
    Reply definition =
        admin.post(
            CRDS,
            """
            {"metadata":{"name":"rings.GROUP"},"spec":{"group":"GROUP","scope":"Namespaced",
             "names":{"kind":"Ring","plural":"rings"},
             "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
              "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
            """
                .replace("GROUP", group));
    assertEquals(201, definition.code(), definition.toString());
    String path = CRDS + "/rings." + group;
    Reply established = admin.await(path, r -> condition(r, "Established").equals("True"));
    assertEquals("RingList", established.at("status", "acceptedNames", "listKind"));
    String rings = "/apis/" + group + "/v1/namespaces/" + namespace + "/rings";
    admin.await(rings, reply -> reply.code() == 200);
    return rings;
  }

  private static String ring(String group, String name) {
    return ("{\"apiVersion\":\"%s/v1\",\"kind\":\"Ring\",\"metadata\":{\"name\":\"%s\"},"
            + "\"spec\":{\"value\":\"one\"},\"status\":{\"seen\":\"early\"}}")
        .formatted(group, name);
  }

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
    return admin.post(
        "/api/v1/namespaces/" + namespace + "/serviceaccounts/default/token",
        ("{\"spec\":{\"audiences\":[\"https://kubernetes.default.svc\"],\"expirationSeconds\":600,"
             + "\"boundObjectRef\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"p\",\"uid\":\"%s\"}}}")
            .formatted(podUid));
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
    KeyPair keys = CertificateAuthority.newKeys();
    String node = "n-" + namespace;
    ApiClient joining = admin.withToken("hibern.letsleepingdogs0");
    Reply created =
        request(
            joining,
            keys,
            "O=system:nodes,CN=system:node:" + node,
            "kubernetes.io/kube-apiserver-client-kubelet");
    assertEquals(201, created.code(), created.toString());
    assertEquals(403, joining.get("/api/v1/nodes").code());
    ApiClient joined = admin.withCertificate(signed(), keys.getPrivate());
    Reply registered =
        joined.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"%s\"}}".formatted(node));
    assertEquals(201, registered.code(), registered.toString());
    assertEquals(200, joined.get("/api/v1/nodes/" + node).code());
    assertEquals(403, joined.get(CRDS).code());
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

  @Test
  void runtimeClassLeadsPodsToItsNodes() throws Exception {
    makeNode("n-" + namespace);
    Reply runtimeClass =
        admin.post(
            "/apis/node.k8s.io/v1/runtimeclasses",
            """
            {"metadata":{"name":"NAME"},"handler":"h","scheduling":{"nodeSelector":{"only":"NAME"},
             "tolerations":[{"key":"only","operator":"Exists","effect":"NoSchedule"}]}}
            """
                .replace("NAME", namespace));
    assertEquals(201, runtimeClass.code(), runtimeClass.toString());
    Reply unknown =
        admin.post(
            pods,
            "{\"metadata\":{\"name\":\"q\"},\"spec\":{\"runtimeClassName\":\"none\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
    assertEquals(403, unknown.code());
    assertEquals(
        "pods \"q\" is forbidden: pod rejected: RuntimeClass \"none\" not found",
        unknown.at("message"));
    admin.await("/apis/node.k8s.io/v1/runtimeclasses/" + namespace, reply -> reply.code() == 200);
    Reply pod = createPod("p", "\"runtimeClassName\":\"" + namespace + "\",");
    assertEquals(namespace, pod.at("spec", "nodeSelector", "only"));
    Reply bound = admin.await(pods + "/p", r -> !r.at("spec", "nodeName").isEmpty());
    assertEquals("n-" + namespace, bound.at("spec", "nodeName"));
    assertEquals("True", condition(bound, "PodScheduled"));
    String events = "/api/v1/namespaces/" + namespace + "/events";
    admin.await(
        events + "?fieldSelector=involvedObject.name%3Dp,reason%3DScheduled",
        reply -> Json.objects(reply.body(), "items").size() == 1);
  }

  private void makeNode(String name) throws Exception {
    Reply node =
        admin.post(
            "/api/v1/nodes",
            """
            {"metadata":{"name":"NAME","labels":{"only":"LABEL"}},
             "spec":{"taints":[{"key":"only","value":"x","effect":"NoSchedule"}]}}
            """
                .replace("NAME", name)
                .replace("LABEL", namespace));
    assertEquals(201, node.code(), node.toString());
    Reply status =
        admin.patch(
            "/api/v1/nodes/" + name + "/status",
            "strategic-merge",
            """
            {"status":{"capacity":{"cpu":"1","memory":"1Gi","pods":"10"},
             "allocatable":{"cpu":"1","memory":"1Gi","pods":"10"},
             "conditions":[{"type":"Ready","status":"True","reason":"Test","message":"",
              "lastHeartbeatTime":"2026-01-01T00:00:00Z","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}
            """);
    assertEquals("True", condition(status, "Ready"), status.toString());
  }

  @Test
  void kubectlWorks() throws Exception {
    Assumptions.assumeTrue(kubectlRuns(), "kubectl is not installed");
    Path manifest = Files.createTempFile("contract", ".yaml");
    Files.writeString(
        manifest,
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: k, labels: {made: by-kubectl}}
        data: {a: "1", b: "2"}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec:
          nodeName: absent
          containers: [{name: c, image: "x:1", env: [{name: A, value: "1"}]}]
        """);
    String file = manifest.toString();
    assertEquals("configmap/k created\npod/p created\n", kubectl("apply", "-f", file));
    assertEquals("configmap/k unchanged\npod/p unchanged\n", kubectl("apply", "-f", file));
    Files.writeString(manifest, Files.readString(manifest).replace(", b: \"2\"", ""));
    assertEquals("configmap/k configured\npod/p unchanged\n", kubectl("apply", "-f", file));
    assertEquals("{\"a\":\"1\"}", kubectl("get", "cm", "k", "-o", "jsonpath={.data}"));
    assertTrue(kubectl("get", "cm", "-l", "made=by-kubectl").matches("NAME +DATA +AGE\nk +1 .*\n"));
    assertTrue(
        kubectl("get", "pods")
            .matches("NAME +READY +STATUS +RESTARTS +AGE\np +0/1 +Pending +0 .*\n"));
    assertEquals(
        "pod/p patched\n",
        kubectl("patch", "pod", "p", "-p", "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}"));
    assertEquals("pod/p labeled\n", kubectl("label", "pod", "p", "x=z", "--overwrite"));
    assertTrue(kubectl("describe", "pod", "p").contains("x=z"));
    kubectl("delete", "pod", "p", "--grace-period=0", "--force");
    assertEquals("", kubectl("wait", "--for=delete", "pod/p", "--timeout=30s"));
    assertTrue(
        kubectl("delete", "-f", file, "--ignore-not-found").contains("configmap \"k\" deleted"));
  }

  private static boolean kubectlRuns() throws InterruptedException {
    try {
      return new ProcessBuilder("kubectl", "version", "--client").start().waitFor() == 0;
    } catch (java.io.IOException e) {
      return false;
    }
  }

  private String kubectl(String... arguments) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of("kubectl", "--kubeconfig", adminKubeconfig().toString(), "-n", namespace));
    command.addAll(List.of(arguments));
    Path errors = Files.createTempFile("kubectl", ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), Files.readString(errors));
    return output;
  }
}
