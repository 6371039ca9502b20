package io.hiberlet.node.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hiberlet.node.EvictionThresholds;
import io.hiberlet.node.EvictionThresholds.Threshold;
import io.hiberlet.node.FakeApiServer;
import io.hiberlet.node.NodeCapacity;
import io.hiberlet.node.NodeImage;
import io.hiberlet.node.TestNode;
import io.hiberlet.node.client.ApiServerAccess;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.ApiException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeStatusTest {
  private static final String NODE = "/api/v1/nodes/node";
  private static final String LEASE =
      "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node";

  @TempDir Path directory;
  private FakeApiServer server;
  private ApiServerAccess access;
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private Optional<String> obstacle = Optional.empty();
  private List<NodeImage> images = List.of();
  private NodeStatus status;

  @BeforeEach
  void create() throws Exception {
    server = new FakeApiServer();
    access = server.access(directory);
    Files.createDirectories(directory.resolve("proc/sys/kernel"));
    Files.writeString(
        directory.resolve("proc/meminfo"), "MemTotal: 4096000 kB\nMemAvailable: 2048000 kB\n");
    Files.writeString(directory.resolve("proc/loadavg"), "0.1 0.2 0.3 1/950 4711\n");
    Files.writeString(directory.resolve("proc/sys/kernel/threads-max"), "1000\n");
    Files.writeString(directory.resolve("proc/sys/kernel/pid_max"), "4194304\n");
    status = status(Threshold.ofPercent(10));
  }

  /**
   * @param disk what must be left of it
   */
  private NodeStatus status(Threshold disk) {
    var options =
        TestNode.options(
            "node",
            "10.0.0.7",
            new NodeCapacity(2000, 1 << 30, 110),
            new EvictionThresholds(Threshold.ofAmount(0), disk, Threshold.ofPercent(10)),
            directory);
    var machine = new MachineInfo(directory, directory);
    var wanted = new NodeObject(options, machine, () -> images);
    wanted.apiServedAt(10_250);
    var conditions = new NodeConditions(machine, options.thresholds(), () -> obstacle);
    return new NodeStatus(wanted, conditions, access.client(), new SettableClock());
  }

  @AfterEach
  void close() {
    access.close();
    server.close();
  }

  @Test
  void registersWithLabelsTaintAndConditions() throws ApiException {
    status.run();
    JsonObject node = server.get(NODE);
    assertEquals(
        "[{\"effect\":\"NoSchedule\",\"key\":\"hiberlet.io/runtime\",\"value\":\"wasm\"}]",
        node.getAsJsonObject("spec").get("taints").toString());
    assertEquals("True", condition("Ready").get("status").getAsString());
    assertEquals("False", condition("MemoryPressure").get("status").getAsString());
    assertEquals("True", condition("PIDPressure").get("status").getAsString());
  }

  @Test
  void writesOnlyWhatChangedAndAHeartbeat() throws ApiException {
    status.run();
    status.run();
    assertEquals(1, server.count("PATCH", NODE + "/status"));
    String since = condition("Ready").get("lastTransitionTime").getAsString();

    now = now.plus(Duration.ofMinutes(6));
    status.run();
    assertEquals(2, server.count("PATCH", NODE + "/status"));
    assertEquals(since, condition("Ready").get("lastTransitionTime").getAsString());
    assertNotEquals(since, condition("Ready").get("lastHeartbeatTime").getAsString());

    obstacle = Optional.of("no runtime");
    status.run();
    assertEquals(3, server.count("PATCH", NODE + "/status"));
    assertEquals("no runtime", condition("Ready").get("message").getAsString());
    assertNotEquals(since, condition("Ready").get("lastTransitionTime").getAsString());
  }

  @Test
  void takesBackAStatusThatTheControlPlaneSetToUnknown() throws ApiException {
    status.run();
    server.change(
        NODE,
        node -> {
          node.getAsJsonObject("status")
              .getAsJsonArray("conditions")
              .forEach(c -> c.getAsJsonObject().addProperty("status", "Unknown"));
          return node;
        });
    status.run();
    assertEquals("Unknown", condition("Ready").get("status").getAsString(), "not looked yet");
    status.suspect();
    status.run();
    assertEquals("True", condition("Ready").get("status").getAsString());
  }

  @Test
  void asksTheServerNothingWhileNothingHappens() throws ApiException {
    status.run();
    int before = server.requests().size();
    now = now.plus(Duration.ofMinutes(4));
    status.run();
    assertEquals(before, server.requests().size());
  }

  @Test
  void tellsWhereItIsAndWhatItRunsOn() throws ApiException {
    status.run();
    JsonObject told = server.get(NODE).getAsJsonObject("status");
    assertEquals(
        "[{\"address\":\"10.0.0.7\",\"type\":\"InternalIP\"},"
            + "{\"address\":\"host\",\"type\":\"Hostname\"}]",
        told.get("addresses").toString());
    JsonObject info = told.getAsJsonObject("nodeInfo");
    assertEquals("v1.30.0-hiberlet", info.get("kubeletVersion").getAsString());
    assertEquals("hiberlet://0.1.0", info.get("containerRuntimeVersion").getAsString());
    assertTrue(info.get("architecture").getAsString().matches("amd64|arm64|riscv64"), "" + info);
  }

  @Test
  void declaresWhatItSupports() throws ApiException {
    status.run();
    assertEquals("[\"ExtendWebSocketsToKubelet\"]", declaredFeatures());
    server.remove(NODE);
    status.suspect();
    status.run();
    assertEquals("[\"ExtendWebSocketsToKubelet\"]", declaredFeatures());
  }

  private String declaredFeatures() {
    return String.valueOf(server.get(NODE).getAsJsonObject("status").get("declaredFeatures"));
  }

  @Test
  void isNotMovedByAServerThatDropsWhatItDeclares() throws ApiException {
    status.run();
    for (int i = 0; i < 5; i++) {
      server.change(
          NODE,
          node -> {
            node.getAsJsonObject("status").remove("declaredFeatures");
            return node;
          });
      status.suspect();
      status.run();
    }
    assertEquals(1, server.count("PATCH", NODE + "/status"));
  }

  @Test
  void tellsImagesThatCameAndWentAndIsSilentAboutTheSameInAnotherOrder() throws ApiException {
    status.run();
    var small = new NodeImage(List.of("r/small:1"), 8);
    var large = new NodeImage(List.of("r/large:1"), 80);
    images = List.of(small, large);
    status.run();
    assertEquals(2, images().size());

    int before = server.requests().size();
    images = List.of(large, small);
    status.run();
    assertEquals(before, server.requests().size());

    images = List.of(large);
    status.run();
    assertEquals("r/large:1", images().get(0).getAsJsonObject().get("names").getAsString());
    assertEquals(1, images().size());

    images = List.of();
    status.run();
    assertEquals(0, images().size());
    long patches = server.count("PATCH", NODE + "/status");
    status.suspect();
    status.run();
    assertEquals(patches, server.count("PATCH", NODE + "/status"));
  }

  @Test
  void looksAgainAfterAFailure() throws ApiException {
    status.run();
    obstacle = Optional.of("no runtime");
    server.failOnce(request -> request.path().endsWith("/status"), 500);
    assertThrows(ApiException.class, status::run);
    obstacle = Optional.empty();
    status.run();
    obstacle = Optional.of("no runtime");
    status.run();
    assertEquals("False", condition("Ready").get("status").getAsString());
  }

  @Test
  void createsTheNodeAgainWhenItWasDeleted() throws ApiException {
    status.run();
    JsonElement uid = server.get(NODE).getAsJsonObject("metadata").get("uid");
    server.remove(NODE);
    status.suspect();
    status.run();
    assertNotEquals(uid, server.get(NODE).getAsJsonObject("metadata").get("uid"));
    assertEquals("True", condition("Ready").get("status").getAsString());
  }

  @Test
  void aClockThatIsSetBackKeepsNothingFromBeingTold() throws Exception {
    status.run();
    now = now.minus(Duration.ofDays(365));
    status.run();
    assertEquals(
        "2025-01-02T03:04:05.000000Z", condition("Ready").get("lastHeartbeatTime").getAsString());
  }

  @Test
  void offersWhatItWasToldAndTheDiskWithoutItsReserve() throws ApiException {
    status.run();
    JsonObject allocatable = quantities("allocatable");
    assertEquals("2", allocatable.get("cpu").getAsString());
    assertEquals("1Gi", allocatable.get("memory").getAsString());
    assertEquals("110", allocatable.get("pods").getAsString());
    var offered = Quantity.fromString(allocatable.get("ephemeral-storage").getAsString());
    var disk = Quantity.fromString(quantities("capacity").get("ephemeral-storage").getAsString());
    assertEquals(0.9, offered.getNumber().doubleValue() / disk.getNumber().doubleValue(), 0.001);
    assertEquals("4000Mi", quantities("capacity").get("memory").getAsString());
  }

  @Test
  void offersNothingOfADiskThatIsSmallerThanItsReserve() throws ApiException {
    status(Threshold.ofAmount(Long.MAX_VALUE)).run();
    assertEquals("0", quantities("allocatable").get("ephemeral-storage").getAsString());
  }

  @Test
  void keepsLabelsOfOthersAndItsOwn() throws ApiException {
    server.put(
        NODE,
        """
        {"metadata": {"name": "node", "labels": {"shelf": "3", "kubernetes.io/arch": "z80"}},
         "spec": {"unschedulable": true}}
        """);
    status.run();
    JsonObject labels = server.get(NODE).getAsJsonObject("metadata").getAsJsonObject("labels");
    assertEquals("3", labels.get("shelf").getAsString());
    assertEquals("wasm", labels.get("hiberlet.io/runtime").getAsString());
    assertNotEquals("z80", labels.get("kubernetes.io/arch").getAsString());
    assertTrue(server.get(NODE).getAsJsonObject("spec").get("unschedulable").getAsBoolean());
  }

  @Test
  void takesAwayTheLabelsThatItsConfigurationHasNoMore() throws ApiException {
    server.put(
        NODE,
        """
        {"metadata": {"name": "node",
          "labels": {"shelf": "3", "room": "7", "hiberlet.io/runtime": "wasm"},
          "annotations": {"hiberlet.io/applied-labels": "hiberlet.io/runtime,room"}}}
        """);
    status.run();
    JsonObject metadata = server.get(NODE).getAsJsonObject("metadata");
    JsonObject labels = metadata.getAsJsonObject("labels");
    assertFalse(labels.has("room"), "of an earlier configuration");
    assertEquals("3", labels.get("shelf").getAsString(), "of somebody else");
    assertEquals(
        "hiberlet.io/runtime,kubernetes.io/arch,kubernetes.io/hostname,kubernetes.io/os",
        metadata.getAsJsonObject("annotations").get("hiberlet.io/applied-labels").getAsString());
    status.suspect();
    status.run();
    assertEquals(1, server.count("PATCH", NODE));
  }

  @Test
  void createsTheLeaseAgainAndHasTheNodeChecked() throws ApiException {
    var checks = new AtomicInteger();
    var lease =
        new NodeLease(
            "node", status, checks::incrementAndGet, access.client(), new SettableClock());
    status.run();
    assertEquals(Duration.ofSeconds(10), lease.run());
    assertEquals(1, checks.get());
    assertEquals(
        40, server.get(LEASE).getAsJsonObject("spec").get("leaseDurationSeconds").getAsInt());
    assertEquals(
        server.get(NODE).getAsJsonObject("metadata").get("uid"),
        server
            .get(LEASE)
            .getAsJsonObject("metadata")
            .getAsJsonArray("ownerReferences")
            .get(0)
            .getAsJsonObject()
            .get("uid"));
    now = now.plusSeconds(10);
    lease.run();
    assertEquals(1, checks.get());
    assertEquals(
        "2026-01-02T03:04:15.000000Z",
        server.get(LEASE).getAsJsonObject("spec").get("renewTime").getAsString());
    server.remove(LEASE);
    lease.run();
    assertEquals(2, checks.get());

    server.failOnce(request -> request.path().equals(LEASE), 503);
    assertThrows(ApiException.class, lease::run);
    lease.run();
    assertEquals(3, checks.get());
  }

  private JsonObject quantities(String which) {
    return server.get(NODE).getAsJsonObject("status").getAsJsonObject(which);
  }

  private JsonArray images() {
    return server.get(NODE).getAsJsonObject("status").getAsJsonArray("images");
  }

  private JsonObject condition(String type) {
    for (JsonElement condition :
        server.get(NODE).getAsJsonObject("status").getAsJsonArray("conditions")) {
      if (condition.getAsJsonObject().get("type").getAsString().equals(type)) {
        return condition.getAsJsonObject();
      }
    }
    throw new AssertionError("no condition " + type);
  }

  private final class SettableClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneId.of("Asia/Tokyo");
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
