package io.hiberlet.node.status;

import io.hiberlet.node.EvictionThresholds.Threshold;
import io.hiberlet.node.NodeCapacity;
import io.hiberlet.node.NodeImages;
import io.hiberlet.node.NodeOptions;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1DaemonEndpoint;
import io.kubernetes.client.openapi.models.V1Node;
import io.kubernetes.client.openapi.models.V1NodeAddress;
import io.kubernetes.client.openapi.models.V1NodeCondition;
import io.kubernetes.client.openapi.models.V1NodeDaemonEndpoints;
import io.kubernetes.client.openapi.models.V1NodeSpec;
import io.kubernetes.client.openapi.models.V1NodeStatus;
import io.kubernetes.client.openapi.models.V1NodeSystemInfo;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Taint;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The Node as this agent wants it to be. Thread-safe. */
public final class NodeObject {
  /** The label and the taint that pods select and tolerate to run here. */
  public static final String RUNTIME = "hiberlet.io/runtime";

  static final String WASM = "wasm";
  private static final String DISK = "ephemeral-storage";
  private static final long KIB = 1 << 10;

  private final NodeOptions options;
  private final V1NodeSystemInfo systemInfo;
  private final NodeImages images;
  private final Map<String, Quantity> capacity;
  private final Map<String, Quantity> allocatable;
  private volatile int apiPort;

  public NodeObject(NodeOptions options, MachineInfo machine, NodeImages images) {
    this.options = options;
    this.images = images;
    this.systemInfo = machine.systemInfo(options.kubeletVersion(), options.runtimeVersion());
    this.capacity = capacity(options.capacity(), machine);
    this.allocatable = allocatable(options.capacity(), machine, options.thresholds().disk());
  }

  /** Where the kubelet API is served; known when it is. May be called by any thread. */
  public void apiServedAt(int port) {
    apiPort = port;
  }

  String name() {
    return options.name();
  }

  /** Only labels that NodeRestriction lets a node give itself. */
  Map<String, String> labels() {
    Map<String, String> labels = new HashMap<>(options.labels());
    labels.put("kubernetes.io/os", systemInfo.getOperatingSystem());
    labels.put("kubernetes.io/arch", systemInfo.getArchitecture());
    labels.put("kubernetes.io/hostname", options.hostname());
    labels.put(RUNTIME, WASM);
    return labels;
  }

  /** As it is first created; a node may taint itself at no later time. */
  V1Node toCreate(List<V1NodeCondition> conditions) {
    var taint = new V1Taint().key(RUNTIME).value(WASM).effect("NoSchedule");
    return new V1Node()
        .apiVersion("v1")
        .kind("Node")
        .metadata(
            new V1ObjectMeta()
                .name(options.name())
                .labels(labels())
                .putAnnotationsItem(NodeLabels.APPLIED, NodeLabels.names(labels())))
        .spec(new V1NodeSpec().addTaintsItem(taint))
        .status(status(conditions));
  }

  V1NodeStatus status(List<V1NodeCondition> conditions) {
    return new V1NodeStatus()
        .capacity(capacity)
        .allocatable(allocatable)
        .conditions(conditions)
        .addresses(
            List.of(
                address("InternalIP", options.ip().getHostAddress()),
                address("Hostname", options.hostname())))
        .daemonEndpoints(
            new V1NodeDaemonEndpoints().kubeletEndpoint(new V1DaemonEndpoint().port(apiPort)))
        .nodeInfo(systemInfo)
        .images(ListedImages.of(images.list()));
  }

  /**
   * What pods may have: what the node was told to offer, and the disk without its reserve; nothing
   * of one that is smaller than that, as the API server refuses less.
   */
  private static Map<String, Quantity> allocatable(
      NodeCapacity offered, MachineInfo machine, Threshold reserve) {
    Map<String, Quantity> quantities =
        quantities(offered.cpuMillis(), offered.memoryBytes(), offered.pods());
    machine
        .diskBytes()
        .ifPresent(disk -> quantities.put(DISK, bytes(Math.max(0, disk - reserve.of(disk)))));
    return quantities;
  }

  /** What there is: of the machine, or what is offered where that is more than the machine has. */
  private static Map<String, Quantity> capacity(NodeCapacity offered, MachineInfo machine) {
    Map<String, Quantity> quantities =
        quantities(
            Math.max(offered.cpuMillis(), machine.cpuMillis()),
            Math.max(offered.memoryBytes(), machine.memoryBytes().orElse(0)),
            offered.pods());
    machine.diskBytes().ifPresent(disk -> quantities.put(DISK, bytes(disk)));
    return quantities;
  }

  private static Map<String, Quantity> quantities(long cpuMillis, long memoryBytes, int pods) {
    Map<String, Quantity> quantities = new HashMap<>();
    quantities.put("cpu", Quantity.fromString(canonicalCpu(cpuMillis)));
    quantities.put("memory", bytes(memoryBytes));
    quantities.put("pods", Quantity.fromString(Integer.toString(pods)));
    return quantities;
  }

  /** In whole KiB, as every kubelet tells them. */
  private static Quantity bytes(long bytes) {
    return new Quantity(BigDecimal.valueOf(bytes / KIB * KIB), Quantity.Format.BINARY_SI);
  }

  /** As the API server would write it, so that what it returns compares as equal. */
  private static String canonicalCpu(long millis) {
    return millis % 1000 == 0 ? Long.toString(millis / 1000) : millis + "m";
  }

  private static V1NodeAddress address(String type, String value) {
    return new V1NodeAddress().type(type).address(value);
  }
}
