package io.hiberlet.devcluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.ApiClient.Events;
import io.hiberlet.devcluster.ApiClient.Reply;
import io.hiberlet.devcluster.json.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What everybody may rely on who talks to a Kubernetes API server: run against the real one, and
 * against its stand-in. Part one: objects, lists, watches and patches.
 */
abstract class ApiServerContract {
  ApiClient admin;
  String namespace;
  String configMaps;
  String pods;

  abstract Path adminKubeconfig() throws Exception;

  @BeforeEach
  void makeNamespace() throws Exception {
    admin = ApiClient.of(adminKubeconfig());
    Reply created =
        admin.post("/api/v1/namespaces", "{\"metadata\":{\"generateName\":\"contract-\"}}");
    assertEquals(201, created.code());
    namespace = created.at("metadata", "name");
    configMaps = "/api/v1/namespaces/" + namespace + "/configmaps";
    pods = "/api/v1/namespaces/" + namespace + "/pods";
    admin.await(
        "/api/v1/namespaces/" + namespace + "/serviceaccounts/default", r -> r.code() == 200);
  }

  Reply createConfigMap(String name, String labels) throws Exception {
    Reply created =
        admin.post(
            configMaps,
            "{\"metadata\":{\"name\":\"%s\",\"labels\":%s},\"data\":{\"k\":\"v\"}}"
                .formatted(name, labels));
    assertEquals(201, created.code(), created.toString());
    return created;
  }

  String revision() throws Exception {
    return admin.get(configMaps).at("metadata", "resourceVersion");
  }

  @Test
  void objectIsCreatedReadUpdatedAndDeleted() throws Exception {
    Reply created = createConfigMap("a", "{}");
    assertFalse(created.at("metadata", "uid").isEmpty());
    assertFalse(created.at("metadata", "creationTimestamp").isEmpty());
    JsonObject changed = admin.get(configMaps + "/a").body();
    Json.child(changed, "data").addProperty("k", "w");
    Reply updated = admin.put(configMaps + "/a", changed);
    assertEquals(200, updated.code());
    assertEquals("w", updated.at("data", "k"));
    assertNotEquals(
        created.at("metadata", "resourceVersion"), updated.at("metadata", "resourceVersion"));
    Reply deleted = admin.delete(configMaps + "/a");
    assertEquals(200, deleted.code());
    assertEquals("Success", deleted.at("status"));
    assertEquals(created.at("metadata", "uid"), deleted.at("details", "uid"));
    Reply gone = admin.get(configMaps + "/a");
    assertEquals(404, gone.code());
    assertEquals("configmaps \"a\" not found", gone.at("message"));
    assertEquals("NotFound", gone.at("reason"));
  }

  @Test
  void sameUpdateAgainChangesNothing() throws Exception {
    Reply created = createConfigMap("a", "{}");
    Reply again = admin.put(configMaps + "/a", created.body());
    assertEquals(
        created.at("metadata", "resourceVersion"), again.at("metadata", "resourceVersion"));
  }

  @Test
  void secondObjectOfANameIsRefused() throws Exception {
    createConfigMap("a", "{}");
    Reply second = admin.post(configMaps, "{\"metadata\":{\"name\":\"a\"}}");
    assertEquals(409, second.code());
    assertEquals("AlreadyExists", second.at("reason"));
    assertEquals("configmaps \"a\" already exists", second.at("message"));
  }

  @Test
  void nameIsGeneratedOrDemanded() throws Exception {
    Reply generated = admin.post(configMaps, "{\"metadata\":{\"generateName\":\"g-\"}}");
    assertTrue(generated.at("metadata", "name").matches("g-[a-z0-9]{5}"));
    Reply nameless = admin.post(configMaps, "{\"metadata\":{}}");
    assertEquals(422, nameless.code());
    assertEquals("Invalid", nameless.at("reason"));
    Reply malformed = admin.post(configMaps, "{\"metadata\":{\"name\":\"A_b\"}}");
    assertEquals(422, malformed.code());
  }

  @Test
  void updateOfAnOldVersionIsAConflict() throws Exception {
    Reply created = createConfigMap("a", "{}");
    admin.patch(configMaps + "/a", "merge", "{\"data\":{\"k\":\"w\"}}");
    Reply stale = admin.put(configMaps + "/a", created.body());
    assertEquals(409, stale.code());
    assertEquals("Conflict", stale.at("reason"));
    assertEquals(
        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please"
            + " apply your changes to the latest version and try again",
        stale.at("message"));
  }

  @Test
  void dryRunStoresNothing() throws Exception {
    Reply dry = admin.post(configMaps + "?dryRun=All", "{\"metadata\":{\"name\":\"a\"}}");
    assertEquals(201, dry.code());
    assertEquals(404, admin.get(configMaps + "/a").code());
  }

  @Test
  void creationInAMissingNamespaceIsNotFound() throws Exception {
    Reply reply =
        admin.post("/api/v1/namespaces/nowhere/configmaps", "{\"metadata\":{\"name\":\"a\"}}");
    assertEquals(404, reply.code());
    assertEquals("namespaces \"nowhere\" not found", reply.at("message"));
  }

  @Test
  void jsonPatch() throws Exception {
    createConfigMap("a", "{}");
    Reply patched =
        admin.patch(
            configMaps + "/a",
            "json",
            "[{\"op\":\"test\",\"path\":\"/data/k\",\"value\":\"v\"},"
                + "{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":{}},"
                + "{\"op\":\"add\",\"path\":\"/metadata/annotations/x~1y\",\"value\":\"1\"},"
                + "{\"op\":\"replace\",\"path\":\"/data/k\",\"value\":\"w\"}]");
    assertEquals(200, patched.code(), patched.toString());
    assertEquals("1", patched.at("metadata", "annotations", "x/y"));
    assertEquals("w", patched.at("data", "k"));
    Reply failed =
        admin.patch(configMaps + "/a", "json", "[{\"op\":\"remove\",\"path\":\"/data/absent\"}]");
    assertEquals(422, failed.code());
  }

  @Test
  void mergePatch() throws Exception {
    createConfigMap("a", "{\"l\":\"1\"}");
    Reply patched =
        admin.patch(
            configMaps + "/a",
            "merge",
            "{\"metadata\":{\"labels\":{\"l\":null,\"m\":\"2\"}},\"data\":{\"x\":\"y\"}}");
    assertEquals("{\"m\":\"2\"}", Json.object(patched.body(), "metadata", "labels").toString());
    assertEquals("y", patched.at("data", "x"));
    assertEquals("v", patched.at("data", "k"));
    assertEquals(404, admin.patch(configMaps + "/none", "merge", "{}").code());
  }

  @Test
  void strategicMergePatchMergesListsByKey() throws Exception {
    createPod("p", "");
    Reply image =
        admin.patch(
            pods + "/p",
            "strategic-merge",
            "{\"spec\":{\"containers\":[{\"name\":\"second\",\"image\":\"new\"}]}}");
    assertEquals(200, image.code(), image.toString());
    List<JsonObject> containers = Json.objects(image.body(), "spec", "containers");
    assertEquals("first", Json.string(containers.get(0), "name"));
    assertEquals("old", Json.string(containers.get(0), "image"));
    assertEquals("new", Json.string(containers.get(1), "image"));
    Reply status =
        admin.patch(
            pods + "/p/status",
            "strategic-merge",
            "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    assertEquals(200, status.code(), status.toString());
    Reply other =
        admin.patch(
            pods + "/p/status",
            "strategic-merge",
            "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\"},"
                + "{\"type\":\"Mine\",\"status\":\"True\"}]}}");
    assertEquals("False", condition(other, "Ready"));
    assertEquals("True", condition(other, "Mine"));
    Reply removed =
        admin.patch(
            pods + "/p/status",
            "strategic-merge",
            "{\"status\":{\"conditions\":[{\"type\":\"Mine\",\"$patch\":\"delete\"}]}}");
    assertEquals("", condition(removed, "Mine"));
    assertEquals("False", condition(removed, "Ready"));
  }

  static String condition(Reply reply, String type) {
    return Json.objects(reply.body(), "status", "conditions").stream()
        .filter(condition -> Json.string(condition, "type").equals(type))
        .map(condition -> Json.string(condition, "status"))
        .findFirst()
        .orElse("");
  }

  Reply createPod(String name, String specMembers) throws Exception {
    String pod =
        ("{\"metadata\":{\"name\":\"%s\"},\"spec\":{%s\"containers\":["
             + "{\"name\":\"first\",\"image\":\"old\"},{\"name\":\"second\",\"image\":\"old\"}]}}")
            .formatted(name, specMembers);
    Reply created = admin.post(pods, pod);
    while (created.at("reason").equals("ServerTimeout")) { // 1.20 still makes the account's token
      created = admin.post(pods, pod);
    }
    assertEquals(201, created.code(), created.toString());
    return created;
  }

  @Test
  void unknownPatchIsRefused() throws Exception {
    createConfigMap("a", "{}");
    assertEquals(415, admin.patch(configMaps + "/a", "strange", "{}").code());
  }

  @Test
  void listIsSelectedAndPaged() throws Exception {
    createConfigMap("a", "{\"x\":\"1\"}");
    createConfigMap("b", "{\"x\":\"2\"}");
    createConfigMap("c", "{\"x\":\"2\",\"y\":\"\"}");
    assertEquals(List.of("b", "c"), names("labelSelector=x%3D2"));
    assertEquals(List.of("a", "b"), names("labelSelector=x+in+(1,2),!y"));
    assertEquals(List.of("b"), names("fieldSelector=metadata.name%3Db"));
    Reply unknown = admin.get(configMaps + "?fieldSelector=data.k%3Dv");
    assertEquals(400, unknown.code());
    Reply first = admin.get(configMaps + "?labelSelector=x&limit=2");
    assertEquals(2, Json.objects(first.body(), "items").size());
    createConfigMap("d", "{\"x\":\"3\"}");
    String next = "labelSelector=x&limit=2&continue=" + first.at("metadata", "continue");
    assertEquals(List.of("c"), names(next));
    Reply list = admin.get(configMaps);
    assertEquals("ConfigMapList", list.at("kind"));
    assertNull(Json.at(Json.objects(list.body(), "items").getFirst(), "kind"));
  }

  private List<String> names(String query) throws Exception {
    return Json.objects(admin.get(configMaps + "?" + query).body(), "items").stream()
        .map(item -> Json.string(item, "metadata", "name"))
        .toList();
  }

  @Test
  void watchGoesOnFromARevision() throws Exception {
    createConfigMap("before", "{}");
    String from = revision();
    createConfigMap("a", "{}");
    admin.patch(configMaps + "/a", "merge", "{\"data\":{\"k\":\"w\"}}");
    Reply deleted = admin.delete(configMaps + "/a");
    assertEquals(200, deleted.code());
    try (Events events =
        admin.watch(configMaps + "?watch=true&timeoutSeconds=20&resourceVersion=" + from)) {
      assertEquals("ADDED a", events.nextBrief());
      JsonObject modified = events.next();
      assertEquals("MODIFIED", Json.string(modified, "type"));
      JsonObject gone = events.next();
      assertEquals("DELETED", Json.string(gone, "type"));
      assertTrue(revisionOf(gone) > revisionOf(modified), "a deletion has a revision of its own");
      createConfigMap("later", "{}");
      assertEquals("ADDED later", events.nextBrief());
    }
  }

  private static long revisionOf(JsonObject event) {
    return Long.parseLong(Json.string(event, "object", "metadata", "resourceVersion"));
  }

  @Test
  void watchWithoutRevisionBeginsWithWhatIsThere() throws Exception {
    createConfigMap("a", "{\"w\":\"1\"}");
    try (Events events =
        admin.watch(configMaps + "?watch=1&timeoutSeconds=20&labelSelector=w%3D1")) {
      assertEquals("ADDED a", events.nextBrief());
      admin.patch(configMaps + "/a", "merge", "{\"metadata\":{\"labels\":{\"w\":\"2\"}}}");
      assertEquals("DELETED a", events.nextBrief());
      admin.patch(configMaps + "/a", "merge", "{\"metadata\":{\"labels\":{\"w\":\"1\"}}}");
      assertEquals("ADDED a", events.nextBrief());
    }
  }

  @Test
  void watchTellsByABookmarkHowFarItIsBeforeItEnds() throws Exception {
    String from = revision();
    try (Events events =
        admin.watch(
            configMaps
                + "?watch=true&allowWatchBookmarks=true&timeoutSeconds=6&labelSelector=none"
                + "&resourceVersion="
                + from)) {
      createConfigMap("unselected", "{}");
      JsonObject last = events.next();
      assertNotNull(last, "a bookmark comes before the end");
      assertTrue(revisionOf(last) > Long.parseLong(from));
      while (last != null) {
        assertEquals("BOOKMARK", Json.string(last, "type"));
        assertEquals("ConfigMap", Json.string(last, "object", "kind"));
        last = events.next();
      }
    }
  }
}
