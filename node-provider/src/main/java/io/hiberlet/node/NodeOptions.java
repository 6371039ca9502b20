package io.hiberlet.node;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node is told about itself.
 *
 * @param name of the Node object: a DNS subdomain name (RFC 1123)
 * @param ip under which the API server reaches the kubelet API; also the address of every pod
 * @param hostname the value of the label {@code kubernetes.io/hostname} and of the Hostname address
 * @param labels beside those that every node has; NodeRestriction decides which a node may have
 * @param thresholds below which the node is short of something
 * @param kubeletVersion as {@code kubectl get nodes} shows it; a semantic version led by a v
 * @param runtimeVersion such as {@code hiberlet://0.1.0}
 * @param dataDirectory of this node alone; exists and is writable
 * @param staticPodPath the folder with the files of static pods; null for none
 */
public record NodeOptions(
    String name,
    InetAddress ip,
    String hostname,
    Map<String, String> labels,
    NodeCapacity capacity,
    EvictionThresholds thresholds,
    String kubeletVersion,
    String runtimeVersion,
    Path dataDirectory,
    @Nullable Path staticPodPath) {
  private static final Pattern DNS_SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final int LONGEST_NAME = 253;

  public NodeOptions {
    if (name.length() > LONGEST_NAME || !DNS_SUBDOMAIN.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "node name \"" + name + "\": must be lower-case letters, digits, '-' and '.' (RFC 1123)");
    }
    labels = Map.copyOf(labels);
  }
}
