package io.hiberlet.agent.admission;

import java.net.InetAddress;

/**
 * What pods may be told of the node that they run on, and have of it.
 *
 * @param ip of the node, and so of every pod on it
 * @param cpuMillis that pods may use, all together
 * @param memoryBytes likewise
 */
public record NodeFacts(InetAddress ip, long cpuMillis, long memoryBytes, VolumeRules volumes) {

  /** A node whose configuration says nothing about volumes. */
  public NodeFacts(InetAddress ip, long cpuMillis, long memoryBytes) {
    this(ip, cpuMillis, memoryBytes, VolumeRules.DEFAULT);
  }
}
