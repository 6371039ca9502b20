package io.hiberlet.e2e;

/** Pods that controllers of Kubernetes make: the kinds that people deploy. */
final class Workloads {
  /** The ConfigMap of both. */
  private static final String MODULES = "guests";

  /** A module that waits for a year. */
  static final String SLEEPER =
      "examples/benchmarks/src/main/resources/io/hiberlet/benchmarks/working-set.wasm";

  /** One that ends at once with exit code 0. */
  static final String ENDS = "agent/src/test/resources/wasm/exits-in-initialize.wasm";

  private Workloads() {}

  /** What all of them need. */
  static void install(Kubectl kubectl) {
    kubectl.get("apply", "-f", Repository.file("examples/runtimeclass.yaml").toString());
    kubectl.get(
        "create",
        "configmap",
        MODULES,
        "--from-file=sleeper.wasm=" + Repository.file(SLEEPER),
        "--from-file=ends.wasm=" + Repository.file(ENDS));
  }

  /** Leaves a node that is gone after a second. */
  static String deployment(String name, int replicas) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %1$s, namespace: default}
    spec:
      replicas: %2$d
      selector: {matchLabels: {app: %1$s}}
      template:
        metadata:
          labels: {app: %1$s}
          annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "configmap:guests/sleeper.wasm"}
        spec:
          runtimeClassName: hiberlet
          terminationGracePeriodSeconds: 1
          tolerations:
          - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 1}
          - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 1}
          containers: [{name: main, image: x, env: [{name: EDITION, value: "1"}]}]
          volumes: [{name: modules, configMap: {name: guests}}]
    """
        .formatted(name, replicas);
  }

  static String job(String name, int completions) {
    return """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: %s, namespace: default}
    spec:
      completions: %d
      parallelism: 2
      template:
        metadata:
          annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "configmap:guests/ends.wasm"}
        spec:
          runtimeClassName: hiberlet
          restartPolicy: Never
          containers: [{name: main, image: x}]
          volumes: [{name: modules, configMap: {name: guests}}]
    """
        .formatted(name, completions);
  }

  /** Chooses its nodes by affinity, and tolerates their taint. */
  static String daemonSet(String name) {
    return """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: %1$s, namespace: default}
    spec:
      selector: {matchLabels: {app: %1$s}}
      template:
        metadata:
          labels: {app: %1$s}
          annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "configmap:guests/sleeper.wasm"}
        spec:
          terminationGracePeriodSeconds: 1
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                - matchExpressions: [{key: hiberlet.io/runtime, operator: In, values: [wasm]}]
          tolerations: [{key: hiberlet.io/runtime, operator: Equal, value: wasm, effect: NoSchedule}]
          containers: [{name: main, image: x}]
          volumes: [{name: modules, configMap: {name: guests}}]
    """
        .formatted(name);
  }

  /**
   * As network plugins and log collectors are: for every node whatever its taints, and no Wasm.
   *
   * @param affinity of its pods, {@code {}} for none
   */
  static String agentForEveryNode(String name, String affinity) {
    return """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: %1$s, namespace: default}
    spec:
      selector: {matchLabels: {app: %1$s}}
      template:
        metadata: {labels: {app: %1$s}}
        spec:
          affinity: %2$s
          tolerations: [{operator: Exists}]
          containers: [{name: main, image: "example.com/collector:1"}]
    """
        .formatted(name, affinity);
  }

  /** What docs/operating.md tells to add. */
  static final String ELSEWHERE =
      "{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms:"
          + " [{matchExpressions: [{key: hiberlet.io/runtime, operator: NotIn, values:"
          + " [wasm]}]}]}}}";

  /** A pod that nobody would make again. */
  static String pod(String name, String node) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %s
      namespace: default
      annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "configmap:guests/sleeper.wasm"}
    spec:
      nodeName: %s
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: x}]
      volumes: [{name: modules, configMap: {name: guests}}]
    """
        .formatted(name, node);
  }
}
