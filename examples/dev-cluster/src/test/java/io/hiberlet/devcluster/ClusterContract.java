package io.hiberlet.devcluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.ApiClient.Reply;
import io.hiberlet.devcluster.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Part two of the contract: what the control plane as a whole does for nodes, pods, custom
 * resources and identities.
 */
abstract class ClusterContract extends ProtobufContract {
  private static final String CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

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
    assertEquals("", kubectl("get", "pod", "p", "--ignore-not-found"));
    assertTrue(
        kubectl("delete", "-f", file, "--ignore-not-found").contains("configmap \"k\" deleted"));
  }

  private static boolean kubectlRuns() throws InterruptedException {
    try {
      return new ProcessBuilder("kubectl", "version", "--client").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String kubectl(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
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
