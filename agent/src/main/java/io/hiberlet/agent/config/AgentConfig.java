package io.hiberlet.agent.config;

import io.hiberlet.node.EvictionThresholds;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that the agent is told, complete and checked. {@link AgentConfigFile} says how each value is
 * called in the file, and its default. Immutable.
 *
 * @param dataDir the store, the module cache and the node's certificates
 * @param kubeconfig how to reach the API server, and as whom; the agent writes it when there is a
 *     bootstrapKubeconfig
 * @param bootstrapKubeconfig with what to ask for a client certificate; empty when the kubeconfig
 *     is given
 * @param staticPodPath the folder with the files of static pods; empty for none
 */
public record AgentConfig(
    Node node,
    Path dataDir,
    Path kubeconfig,
    Optional<Path> bootstrapKubeconfig,
    Optional<Path> staticPodPath,
    Modules modules,
    GuestRuntime runtime,
    Hibernation hibernation,
    Volumes volumes,
    Api api,
    Limits limits) {

  /**
   * The node that the agent registers.
   *
   * @param name of the Node object, an RFC 1123 subdomain
   * @param ip where the API server reaches this node
   * @param port of the kubelet API; 0 for any that is free
   * @param labels added to those that every node has
   * @param evictionHard what must be left of the machine
   */
  public record Node(
      String name,
      InetAddress ip,
      int port,
      Map<String, String> labels,
      Capacity capacity,
      EvictionThresholds evictionHard) {
    public Node {
      labels = Map.copyOf(labels);
    }
  }

  /** What the node offers to pods. */
  public record Capacity(long cpuMillis, long memoryBytes, int pods) {}

  /**
   * Where modules may come from, and what making them ready may take.
   *
   * @param fileRoot the folder for {@code file:} modules; empty when none may come from a file
   * @param maxBytes of a module
   * @param compilerMemoryBytes the most that compiling a module may take
   * @param compilerTimeout the most CPU time that compiling a module may take
   * @param garbageCollection of those that no pod uses
   */
  public record Modules(
      Optional<Path> fileRoot,
      long maxBytes,
      Images images,
      long compilerMemoryBytes,
      Duration compilerTimeout,
      GarbageCollection garbageCollection) {}

  /**
   * When modules that no pod uses are removed, as the kubelet does with images.
   *
   * @param highPercent of the disk in use, from which on they are; 100 for never
   * @param lowPercent of the disk in use, down to which they are
   * @param minimumAge for how long one must have been unused
   * @param maximumAge after how long one is removed in any case; empty for never
   */
  public record GarbageCollection(
      int highPercent, int lowPercent, Duration minimumAge, Optional<Duration> maximumAge) {}

  /**
   * How images are pulled.
   *
   * @param insecureRegistries {@code HOST[:PORT]} of those that are spoken to without TLS
   * @param mirrors by registry: what is asked before it, {@code HOST[:PORT][/PREFIX]}
   * @param registryCaFiles by registry or mirror, {@code HOST[:PORT]}: PEM certificates that may
   *     have signed its own, besides the authorities of the JVM
   * @param credentialsFile a Docker {@code config.json} for all pods
   * @param verification which images that are here a pod must show credentials for
   * @param maxBytes of the layers of an ordinary container image, together
   * @param pullTimeout of a whole image
   */
  public record Images(
      List<String> insecureRegistries,
      Map<String, List<String>> mirrors,
      Map<String, Path> registryCaFiles,
      Optional<Path> credentialsFile,
      Verification verification,
      long maxBytes,
      Duration pullTimeout) {
    public Images {
      insecureRegistries = List.copyOf(insecureRegistries);
      mirrors = Map.copyOf(mirrors);
      registryCaFiles = Map.copyOf(registryCaFiles);
    }
  }

  /**
   * Which images that are here a pod must show credentials for, as the kubelet's {@code
   * imagePullCredentialsVerificationPolicy} has it.
   *
   * @param policy by the kubelet's name
   * @param allowlist for {@code NeverVerifyAllowlistedImages}: repositories, or {@code PREFIX/*}
   */
  public record Verification(String policy, List<String> allowlist) {
    public Verification {
      allowlist = List.copyOf(allowlist);
    }
  }

  /**
   * How guests run.
   *
   * @param wakeTimeout the longest that one wake may take
   * @param commandTimeout the longest that a command may run
   * @param threads that run guests
   * @param defaultMemoryLimitBytes of linear memory, for containers that name no limit
   * @param residentMemoryBytes of the heap that all guests in memory may hold together
   */
  public record GuestRuntime(
      Duration wakeTimeout,
      Duration commandTimeout,
      int threads,
      long defaultMemoryLimitBytes,
      long residentMemoryBytes) {}

  /**
   * When guests sleep.
   *
   * @param idleAfter for how long a guest must have had nothing to do
   */
  public record Hibernation(boolean enabled, Duration idleAfter) {}

  /**
   * What pods may have of this device's disk.
   *
   * @param emptyDirBytes that an emptyDir without a sizeLimit may hold
   * @param hostPaths that hostPath volumes may be of
   */
  public record Volumes(long emptyDirBytes, List<HostPath> hostPaths) {
    public Volumes {
      hostPaths = List.copyOf(hostPaths);
    }
  }

  /** A folder or file that pods may mount, absolute, and whether they may change it. */
  public record HostPath(Path path, boolean readOnly) {}

  /**
   * The kubelet API.
   *
   * @param clientCaFile PEM certificates that client certificates are verified with; empty when no
   *     client authenticates by certificate
   */
  public record Api(Optional<Path> clientCaFile) {}

  /** What one guest may use of its host, as {@code docs/host-abi.md} lists it. */
  public record Limits(
      int requestBytes,
      int requestHeadBytes,
      int responseHeadBytes,
      int responseBodyBytes,
      int watchLineBytes,
      int pendingOperations,
      int undeliveredBytes) {}
}
