package io.hiberlet.node.stats;

import com.google.gson.annotations.SerializedName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code /stats/summary}: k8s.io/kubelet/pkg/apis/stats/v1alpha1, as far as this node
 * can measure it. Times are RFC 3339. What is null is left out of the JSON.
 */
record Summary(Node node, List<Pod> pods) {

  record Node(
      String nodeName,
      List<Container> systemContainers,
      String startTime,
      @Nullable Cpu cpu,
      @Nullable Memory memory,
      @Nullable Fs fs,
      @Nullable RuntimeDisk runtime) {}

  /** The file system that images are on. */
  record RuntimeDisk(Fs imageFs) {}

  record Pod(
      PodReference podRef,
      String startTime,
      List<Container> containers,
      Cpu cpu,
      Memory memory,
      @SerializedName("ephemeral-storage") @Nullable Fs ephemeralStorage) {}

  record PodReference(String name, String namespace, String uid) {}

  record Container(
      String name, String startTime, Cpu cpu, @Nullable Memory memory, @Nullable Fs logs) {}

  /**
   * @param usageNanoCores a rate; null when there is no earlier measurement to compare with
   * @param usageCoreNanoSeconds since the beginning
   */
  record Cpu(String time, @Nullable Long usageNanoCores, long usageCoreNanoSeconds) {}

  /**
   * @param availableBytes up to the limit; null without a limit
   */
  record Memory(
      String time,
      @Nullable Long availableBytes,
      long usageBytes,
      long workingSetBytes,
      @Nullable Long rssBytes) {}

  record Fs(
      String time,
      @Nullable Long availableBytes,
      @Nullable Long capacityBytes,
      @Nullable Long usedBytes) {}
}
