package io.hiberlet.node;

/**
 * What the scheduler may give away on this node.
 *
 * @param cpuMillis thousandths of a core
 * @param pods how many pods at most
 */
public record NodeCapacity(long cpuMillis, long memoryBytes, int pods) {

  public NodeCapacity {
    if (cpuMillis <= 0 || memoryBytes <= 0 || pods <= 0) {
      throw new IllegalArgumentException(
          "a node needs some cpu, memory and pods, but has "
              + cpuMillis
              + "m, "
              + memoryBytes
              + " bytes and "
              + pods);
    }
  }
}
