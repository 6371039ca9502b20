package io.hiberlet.devcluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.devcluster.ApiClient.Events;
import io.hiberlet.devcluster.ApiClient.Reply;
import io.hiberlet.devcluster.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the development cluster does besides the contract: refusals, limits, outages, files. */
class DevClusterTest {
  private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

  @TempDir Path directory;
  private DevCluster cluster;
  private ApiClient admin;

  @BeforeEach
  void start() throws Exception {
    cluster =
        DevCluster.start(
            DevClusterOptions.in(directory)
                .withHistoryLimit(100)
                .withBookmarkInterval(Duration.ofMillis(50)));
    admin = ApiClient.of(cluster.adminKubeconfig());
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void whatItLacksItRefusesClearly() throws Exception {
    Reply deployment = admin.post("/apis/apps/v1/namespaces/default/deployments", "{}");
    assertEquals(501, deployment.code());
    assertEquals("NotImplemented", deployment.at("reason"));
    assertEquals(501, admin.get("/api/v1/services").code());
    assertEquals(404, admin.get("/apis/example.com/v1/things").code());
    assertEquals(501, admin.post("/api/v1/namespaces/default/pods/p/eviction", "{}").code());
    Reply affinity =
        admin.post(
            "/api/v1/namespaces/default/pods",
            "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"affinity\":{},\"containers\":[{\"name\":\"c\"}]}}");
    assertEquals(501, affinity.code());
  }

  @Test
  void malformedRequestsAreTheClientsFault() throws Exception {
    assertEquals(400, admin.post(CONFIG_MAPS, "{").code());
    assertEquals(400, admin.post(CONFIG_MAPS, "[]").code());
    assertEquals(400, admin.get(CONFIG_MAPS + "?limit=many").code());
    assertEquals(400, admin.get(CONFIG_MAPS + "?labelSelector=a%3D%3D%3D").code());
    String huge =
        "{\"metadata\":{\"name\":\"h\"},\"data\":{\"k\":\"" + "x".repeat(4 << 20) + "\"}}";
    assertEquals(413, admin.post(CONFIG_MAPS, huge).code());
  }

  @Test
  void compactionEndsOldPositions() throws Exception {
    admin.post(CONFIG_MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    admin.post(CONFIG_MAPS, "{\"metadata\":{\"name\":\"b\"}}");
    Reply page = admin.get(CONFIG_MAPS + "?limit=1");
    String revision = page.at("metadata", "resourceVersion");
    admin.post(CONFIG_MAPS, "{\"metadata\":{\"name\":\"c\"}}");
    cluster.compact();
    Reply next = admin.get(CONFIG_MAPS + "?limit=1&continue=" + page.at("metadata", "continue"));
    assertEquals(410, next.code());
    assertEquals("Expired", next.at("reason"));
    String watch = CONFIG_MAPS + "?watch=true&timeoutSeconds=10&resourceVersion=" + revision;
    try (Events events = admin.watch(watch)) {
      assertEquals(410, Json.number(events.next(), 0, "object", "code"));
    }
  }

  @Test
  void historyIsBounded() throws Exception {
    String revision = admin.get(CONFIG_MAPS).at("metadata", "resourceVersion");
    for (int i = 0; i < 101; i++) {
      admin.post(CONFIG_MAPS, "{\"metadata\":{\"generateName\":\"a-\"}}");
    }
    String watch = CONFIG_MAPS + "?watch=true&timeoutSeconds=10&resourceVersion=" + revision;
    try (Events events = admin.watch(watch)) {
      assertEquals(410, Json.number(events.next(), 0, "object", "code"));
    }
  }

  @Test
  void bookmarksComeRegularly() throws Exception {
    String watch = CONFIG_MAPS + "?watch=true&allowWatchBookmarks=true&labelSelector=none";
    try (Events events = admin.watch(watch)) {
      assertTrue(events.nextBrief().startsWith("BOOKMARK"));
      assertTrue(events.nextBrief().startsWith("BOOKMARK"));
    }
  }

  @Test
  void outageCutsConnectionsAndLosesNothing() throws Exception {
    admin.post(CONFIG_MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    cluster.goOffline();
    assertThrows(IOException.class, () -> admin.get(CONFIG_MAPS));
    cluster.goOnline();
    assertEquals(200, admin.get(CONFIG_MAPS + "/a").code());
  }

  @Test
  void positionsOfAnEarlierClusterAreGone() throws Exception {
    String revision = admin.get(CONFIG_MAPS).at("metadata", "resourceVersion");
    cluster.close();
    cluster = DevCluster.start(DevClusterOptions.in(directory));
    admin = ApiClient.of(cluster.adminKubeconfig());
    String watch = CONFIG_MAPS + "?watch=true&timeoutSeconds=10&resourceVersion=" + revision;
    try (Events events = admin.watch(watch)) {
      assertEquals(410, Json.number(events.next(), 0, "object", "code"));
    }
  }

  @Test
  void keysAreForTheirOwnerOnly() throws Exception {
    for (String name : new String[] {"admin.kubeconfig", "bootstrap.kubeconfig", "pki/ca.key"}) {
      assertEquals(
          PosixFilePermissions.fromString("rw-------"),
          Files.getPosixFilePermissions(directory.resolve(name)));
    }
  }

  @Test
  void optionsAreChecked() {
    assertEquals(Path.of("/x"), Main.parse("--dir", "/x", "--port", "1").directory());
    assertThrows(IllegalArgumentException.class, () -> Main.parse());
    assertThrows(IllegalArgumentException.class, () -> Main.parse("--dir"));
    assertThrows(IllegalArgumentException.class, () -> Main.parse("--dir", "/x", "--port", "x"));
    assertThrows(IllegalArgumentException.class, () -> Main.parse("--what", "x"));
  }
}
