package io.hiberlet.node.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.devcluster.DevCluster;
import io.hiberlet.devcluster.DevClusterOptions;
import io.hiberlet.node.Await;
import io.hiberlet.node.client.ApiServerAccess;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the development cluster: the contract, and what a server may do to its clients. */
final class ApiPodObjectsTest extends PodObjectsContract {
  private static final ObjectName NAME = ObjectName.configMap("default", "one");

  @TempDir private Path directory;
  private DevCluster cluster;
  private ApiServerAccess admin;
  private ApiPodObjects objects;
  private ClusterObjects content;

  @BeforeEach
  void start() throws Exception {
    cluster = DevCluster.start(DevClusterOptions.in(directory));
    admin = ApiServerAccess.load(cluster.adminKubeconfig());
    objects = new ApiPodObjects(admin.client());
    content = new ClusterObjects(admin);
  }

  @AfterEach
  void stop() {
    objects.close();
    admin.close();
    cluster.close();
  }

  @Override
  PodObjects objects() {
    return objects;
  }

  @Override
  void put(ObjectName name, PodObject object) throws Exception {
    content.put(name, object);
  }

  @Override
  void remove(ObjectName name) throws Exception {
    content.remove(name);
  }

  @Test
  void oneWatchServesAllWhoFollowAndEndsWithTheLast() {
    var first = objects.follow(NAME, () -> {});
    var second = objects.follow(NAME, () -> {});
    assertEquals(1, objects.following());
    first.close();
    first.close();
    assertEquals(1, objects.following());
    second.close();
    assertEquals(0, objects.following());
  }

  @Test
  void aServerThatWasAwayAndForgotTheHistoryIsAskedAgain() throws Exception {
    put(NAME, text("before"));
    CountDownLatch told = new CountDownLatch(1);
    objects.follow(NAME, told::countDown);
    told.await();
    assertEquals("before", value());
    cluster.goOffline();
    assertEquals("before", value(), "what is followed is known while the server is away");
    cluster.goOnline();
    put(NAME, text("after"));
    cluster.compact();
    Await.until("the change", () -> "after".equals(value()));
  }

  private static PodObject text(String value) {
    return new PodObject(Map.of("key", value.getBytes(UTF_8)), Map.of(), false);
  }

  private String value() throws Exception {
    return new String(objects.read(NAME).orElseThrow().data().get("key"), UTF_8);
  }
}
