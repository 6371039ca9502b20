package io.hiberlet.node;

import io.hiberlet.node.EvictionThresholds.Threshold;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;

/** What the nodes of tests are told about themselves. */
public final class TestNode {
  /** However full the machine of the test is. */
  public static final EvictionThresholds NEVER_SHORT =
      new EvictionThresholds(Threshold.ofAmount(0), Threshold.ofAmount(0), Threshold.ofAmount(0));

  private TestNode() {}

  /** Of a node that is never short of anything. */
  public static NodeOptions options(
      String name, String ip, NodeCapacity capacity, Path dataDirectory) {
    return options(name, ip, capacity, NEVER_SHORT, dataDirectory);
  }

  /** With thresholds of its own. */
  public static NodeOptions options(
      String name,
      String ip,
      NodeCapacity capacity,
      EvictionThresholds thresholds,
      Path dataDirectory) {
    return new NodeOptions(
        name,
        InetAddress.ofLiteral(ip),
        "host",
        Map.of(),
        capacity,
        thresholds,
        "v1.30.0-hiberlet",
        "hiberlet://0.1.0",
        dataDirectory,
        null);
  }
}
