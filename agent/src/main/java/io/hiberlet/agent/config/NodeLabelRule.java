package io.hiberlet.agent.config;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which labels a node may give itself: the NodeRestriction admission plugin refuses all others
 * below {@code kubernetes.io} and {@code k8s.io}, and with them every change of the Node (KEP-279).
 */
final class NodeLabelRule {
  private static final Pattern KUBERNETES =
      Pattern.compile("([^/]*\\.)?(kubernetes\\.io|k8s\\.io)/.*");
  private static final Pattern FREE =
      Pattern.compile("([^/]*\\.)?(kubelet|node)\\.kubernetes\\.io/.*");
  private static final Set<String> ALLOWED =
      Set.of(
          "kubernetes.io/hostname",
          "kubernetes.io/arch",
          "kubernetes.io/os",
          "beta.kubernetes.io/arch",
          "beta.kubernetes.io/os",
          "beta.kubernetes.io/instance-type",
          "topology.kubernetes.io/region",
          "topology.kubernetes.io/zone",
          "failure-domain.beta.kubernetes.io/region",
          "failure-domain.beta.kubernetes.io/zone");

  private NodeLabelRule() {}

  static boolean allows(String key) {
    return !KUBERNETES.matcher(key).matches()
        || FREE.matcher(key).matches()
        || ALLOWED.contains(key);
  }
}
