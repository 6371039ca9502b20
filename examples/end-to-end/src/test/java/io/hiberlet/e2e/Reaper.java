package io.hiberlet.e2e;

/** Pod reapers, and pods for them to reap. */
final class Reaper {
  static final String NAMESPACE = "pod-reaper";
  private static final Example EXAMPLE = new Example("pod-reaper");

  private Reaper() {}

  /** Everything but a pod; what is there already stays. */
  static void install(Kubectl kubectl) {
    EXAMPLE.prepare(kubectl);
    kubectl
        .runWithInput(
            EXAMPLE.manifest("pod-reaper"), "apply", "-f", "-", "--selector=app!=pod-reaper")
        .orThrow();
  }

  /** The example's own pod. */
  static String pod(String name) {
    String manifest = EXAMPLE.manifest("pod-reaper");
    String pod = manifest.substring(manifest.lastIndexOf("\n---\n") + 5);
    return pod.replaceFirst("  name: pod-reaper\n", "  name: " + name + "\n");
  }

  static void awaitSleep(Kubectl kubectl, String pod) {
    kubectl.get(
        "wait",
        "--for=condition=hiberlet.io/Hibernated",
        "-n",
        NAMESPACE,
        "pod/" + pod,
        "--timeout=90s");
  }

  /** A pod that the node refuses, and which is over with that. */
  static String finished(String name, String timeToLive, String node) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %s
      namespace: default
      annotations: {pod-reaper.hiberlet.io/ttl-seconds: "%s"}
    spec:
      nodeName: %s
      automountServiceAccountToken: false
      containers: [{name: main, image: none}]
    """
        .formatted(name, timeToLive, node);
  }
}
