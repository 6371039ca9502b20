package io.hiberlet.agent;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.config.Quantities;
import io.hiberlet.agent.module.GoDuration;
import io.hiberlet.node.EvictionThresholds;
import io.hiberlet.node.EvictionThresholds.Threshold;
import io.hiberlet.node.api.ServerLimits;
import io.hiberlet.node.log.LogLimits;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The agent's configuration as {@code /configz} tells it: what a kubelet has, too, in the form of
 * kubelet.config.k8s.io/v1beta1, and what is this agent's own under the names of its file. Files
 * that hold secrets are named, not read.
 */
final class EffectiveConfiguration {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  /** What nobody can change here; the kubelet's defaults where it has any. */
  private static final Map<String, Object> FIXED =
      Map.ofEntries(
          Map.entry("kind", "KubeletConfiguration"),
          Map.entry("apiVersion", "kubelet.config.k8s.io/v1beta1"),
          Map.entry("enableServer", true),
          Map.entry("enableDebuggingHandlers", true),
          Map.entry("authorization", authorization()),
          Map.entry("readOnlyPort", 0),
          Map.entry("healthzPort", 0),
          Map.entry("nodeStatusUpdateFrequency", "10s"),
          Map.entry("nodeStatusReportFrequency", "5m0s"),
          Map.entry("nodeLeaseDurationSeconds", 40),
          Map.entry("serverTLSBootstrap", true),
          Map.entry("serializeImagePulls", false),
          Map.entry("maxParallelImagePulls", 3),
          Map.entry("volumeStatsAggPeriod", "1m0s"),
          Map.entry("evictionPressureTransitionPeriod", "5m0s"),
          Map.entry("mergeDefaultEvictionSettings", true));

  private EffectiveConfiguration() {}

  /** The whole answer, by component. */
  static String json(AgentConfig config) {
    return GSON.toJson(Map.of("kubeletconfig", kubelet(config), "hiberlet", own(config)));
  }

  private static Map<String, Object> kubelet(AgentConfig config) {
    AgentConfig.GarbageCollection collection = config.modules().garbageCollection();
    Map<String, Object> values = new LinkedHashMap<>(FIXED);
    values.put("address", config.node().ip().getHostAddress());
    values.put("port", config.node().port());
    values.put("authentication", authentication(config.api()));
    values.put("rotateCertificates", config.bootstrapKubeconfig().isPresent());
    values.put("maxPods", config.node().capacity().pods());
    values.put("evictionHard", signals(config.node().evictionHard()));
    values.put("imageMinimumGCAge", GoDuration.text(collection.minimumAge()));
    values.put("imageMaximumGCAge", GoDuration.text(collection.maximumAge().orElse(Duration.ZERO)));
    values.put("imageGCHighThresholdPercent", collection.highPercent());
    values.put("imageGCLowThresholdPercent", collection.lowPercent());
    config.staticPodPath().ifPresent(folder -> values.put("staticPodPath", folder.toString()));
    AgentConfig.Verification verification = config.modules().images().verification();
    values.put("imagePullCredentialsVerificationPolicy", verification.policy());
    values.put("preloadedImagesVerificationAllowlist", verification.allowlist());
    LogLimits logs = LogLimits.KUBELET_DEFAULTS;
    values.put("containerLogMaxSize", Quantities.bytesText(logs.maxFileBytes()));
    values.put("containerLogMaxFiles", logs.maxFiles());
    values.put(
        "streamingConnectionIdleTimeout",
        GoDuration.text(ServerLimits.DEFAULTS.streamIdleTimeout()));
    return values;
  }

  private static Map<String, Object> signals(EvictionThresholds thresholds) {
    return Map.of(
        "memory.available", text(thresholds.memory()),
        "nodefs.available", text(thresholds.disk()),
        "pid.available", text(thresholds.threads()));
  }

  private static String text(Threshold threshold) {
    return threshold.amount() > 0
        ? Quantities.bytesText(threshold.amount())
        : BigDecimal.valueOf(threshold.percent()).stripTrailingZeros().toPlainString() + "%";
  }

  private static Map<String, Object> authentication(AgentConfig.Api api) {
    return Map.of(
        "anonymous", Map.of("enabled", false),
        "webhook", Map.of("enabled", true, "cacheTTL", "2m0s"),
        "x509", Map.of("clientCAFile", api.clientCaFile().map(Path::toString).orElse("")));
  }

  private static Map<String, Object> authorization() {
    return Map.of(
        "mode",
        "Webhook",
        "webhook",
        Map.of("cacheAuthorizedTTL", "5m0s", "cacheUnauthorizedTTL", "30s"));
  }

  private static Map<String, Object> own(AgentConfig config) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("dataDir", config.dataDir().toString());
    values.put("kubeconfig", config.kubeconfig().toString());
    config
        .bootstrapKubeconfig()
        .ifPresent(file -> values.put("bootstrapKubeconfig", file.toString()));
    values.put("node", node(config.node()));
    values.put("modules", modules(config.modules()));
    values.put("runtime", runtime(config.runtime()));
    values.put(
        "hibernation",
        Map.of(
            "enabled", config.hibernation().enabled(),
            "idleAfter", Quantities.durationText(config.hibernation().idleAfter())));
    values.put("volumes", volumes(config.volumes()));
    return values;
  }

  private static Map<String, Object> node(AgentConfig.Node node) {
    AgentConfig.Capacity capacity = node.capacity();
    return Map.of(
        "name", node.name(),
        "labels", node.labels(),
        "capacity",
            Map.of(
                "cpu", capacity.cpuMillis() + "m",
                "memory", Quantities.bytesText(capacity.memoryBytes()),
                "pods", capacity.pods()));
  }

  private static Map<String, Object> modules(AgentConfig.Modules modules) {
    Map<String, Object> values = new LinkedHashMap<>();
    modules.fileRoot().ifPresent(folder -> values.put("fileRoot", folder.toString()));
    values.put("maxBytes", Quantities.bytesText(modules.maxBytes()));
    values.put("compilerMemory", Quantities.bytesText(modules.compilerMemoryBytes()));
    values.put("compilerTimeout", Quantities.durationText(modules.compilerTimeout()));
    AgentConfig.Images images = modules.images();
    values.put("insecureRegistries", images.insecureRegistries());
    values.put("mirrors", images.mirrors());
    Map<String, String> authorities = new LinkedHashMap<>();
    images.registryCaFiles().forEach((name, file) -> authorities.put(name, file.toString()));
    values.put("registryCaFiles", authorities);
    images.credentialsFile().ifPresent(file -> values.put("credentialsFile", file.toString()));
    values.put("maxImageBytes", Quantities.bytesText(images.maxBytes()));
    values.put("pullTimeout", Quantities.durationText(images.pullTimeout()));
    return values;
  }

  private static Map<String, Object> runtime(AgentConfig.GuestRuntime runtime) {
    return Map.of(
        "wakeTimeout", Quantities.durationText(runtime.wakeTimeout()),
        "commandTimeout", Quantities.durationText(runtime.commandTimeout()),
        "threads", runtime.threads(),
        "defaultMemoryLimit", Quantities.bytesText(runtime.defaultMemoryLimitBytes()),
        "residentMemory", Quantities.bytesText(runtime.residentMemoryBytes()));
  }

  private static Map<String, Object> volumes(AgentConfig.Volumes volumes) {
    List<Map<String, Object>> hostPaths =
        volumes.hostPaths().stream()
            .map(
                each ->
                    Map.<String, Object>of(
                        "path", each.path().toString(), "readOnly", each.readOnly()))
            .toList();
    return Map.of(
        "emptyDirLimit", Quantities.bytesText(volumes.emptyDirBytes()), "hostPaths", hostPaths);
  }
}
