package io.hiberlet.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.node.EvictionThresholds;
import io.hiberlet.node.EvictionThresholds.Threshold;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EffectiveConfigurationTest {
  private static final AgentConfig CONFIG =
      new AgentConfig(
          new AgentConfig.Node(
              "edge-1",
              InetAddress.ofLiteral("192.0.2.7"),
              10250,
              Map.of("site", "north"),
              new AgentConfig.Capacity(2000, 1L << 30, 110),
              new EvictionThresholds(
                  Threshold.ofAmount(100 << 20), Threshold.ofPercent(7.5), Threshold.ofPercent(0))),
          Path.of("/data"),
          Path.of("/k"),
          Optional.of(Path.of("/bootstrap")),
          Optional.of(Path.of("/pods")),
          new AgentConfig.Modules(
              Optional.empty(),
              64 << 20,
              new AgentConfig.Images(
                  List.of(),
                  Map.of("docker.io", List.of("mirror.lan:5000")),
                  Map.of("harbor.lan", Path.of("/lan-ca.crt")),
                  Optional.of(Path.of("/registry.json")),
                  new AgentConfig.Verification("AlwaysVerify", List.of()),
                  256 << 20,
                  Duration.ofMinutes(2)),
              512 << 20,
              Duration.ofMinutes(5),
              new AgentConfig.GarbageCollection(85, 80, Duration.ofMinutes(2), Optional.empty())),
          new AgentConfig.GuestRuntime(
              Duration.ofSeconds(30), Duration.ofMinutes(10), 2, 64 << 20, 128 << 20),
          new AgentConfig.Hibernation(true, Duration.ofSeconds(10)),
          new AgentConfig.Volumes(
              64 << 20, List.of(new AgentConfig.HostPath(Path.of("/srv"), true))),
          new AgentConfig.Api(Optional.of(Path.of("/ca.crt"))),
          new AgentConfig.Limits(1 << 20, 64 << 10, 64 << 10, 8 << 20, 8 << 20, 256, 256 << 10));

  private final JsonObject all =
      JsonParser.parseString(EffectiveConfiguration.json(CONFIG)).getAsJsonObject();

  @Test
  void whatAKubeletHasIsToldAsAKubeletTellsIt() {
    JsonObject kubelet = all.getAsJsonObject("kubeletconfig");
    assertEquals("KubeletConfiguration", kubelet.get("kind").getAsString());
    assertEquals("192.0.2.7", kubelet.get("address").getAsString());
    assertEquals(10250, kubelet.get("port").getAsInt());
    JsonObject thresholds = kubelet.getAsJsonObject("evictionHard");
    assertEquals("100Mi", thresholds.get("memory.available").getAsString());
    assertEquals("7.5%", thresholds.get("nodefs.available").getAsString());
    assertEquals("0%", thresholds.get("pid.available").getAsString());
    assertEquals(110, kubelet.get("maxPods").getAsInt());
    assertEquals("2m0s", kubelet.get("imageMinimumGCAge").getAsString());
    assertEquals("10Mi", kubelet.get("containerLogMaxSize").getAsString());
    assertEquals("/pods", kubelet.get("staticPodPath").getAsString());
    assertEquals(
        "AlwaysVerify", kubelet.get("imagePullCredentialsVerificationPolicy").getAsString());
    assertEquals("4h0m0s", kubelet.get("streamingConnectionIdleTimeout").getAsString());
    JsonObject authentication = kubelet.getAsJsonObject("authentication");
    assertFalse(authentication.getAsJsonObject("anonymous").get("enabled").getAsBoolean());
    assertEquals(
        "/ca.crt", authentication.getAsJsonObject("x509").get("clientCAFile").getAsString());
  }

  @Test
  void whatIsTheAgentsOwnHasTheNamesOfItsFile() {
    JsonObject own = all.getAsJsonObject("hiberlet");
    assertEquals("10s", own.getAsJsonObject("hibernation").get("idleAfter").getAsString());
    assertEquals("64Mi", own.getAsJsonObject("modules").get("maxBytes").getAsString());
    assertEquals(
        "/registry.json", own.getAsJsonObject("modules").get("credentialsFile").getAsString());
    assertEquals("128Mi", own.getAsJsonObject("runtime").get("residentMemory").getAsString());
    JsonObject hostPath =
        own.getAsJsonObject("volumes").getAsJsonArray("hostPaths").get(0).getAsJsonObject();
    assertEquals("/srv", hostPath.get("path").getAsString());
  }
}
