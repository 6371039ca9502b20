package io.hiberlet.agent.module;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;

/**
 * What modules take, or may take, of this process' memory.
 *
 * @param heapBytes apart from classes
 * @param classBytes as class files
 */
public record LoadBudget(long heapBytes, long classBytes) {
  private static final String CLASS_POOL = "Metaspace";

  /** What the agent's own classes need. */
  private static final long OWN_CLASS_BYTES = 48L << 20;

  /** Measured: 1.6 bytes in memory for each byte of a class file. */
  private static final double BYTES_PER_CLASS_BYTE = 1.75;

  /** Half of the heap, and what the agent's own classes leave. */
  public static LoadBudget ofThisProcess() {
    return new LoadBudget(Runtime.getRuntime().maxMemory() / 2, classBytesOfThisProcess());
  }

  private static long classBytesOfThisProcess() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals(CLASS_POOL))
        .mapToLong(LoadBudget::limit)
        .filter(limit -> limit >= 0)
        .map(limit -> (long) ((limit - OWN_CLASS_BYTES) / BYTES_PER_CLASS_BYTE))
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  private static long limit(MemoryPoolMXBean pool) {
    return pool.getUsage().getMax();
  }

  LoadBudget plus(LoadBudget other) {
    return new LoadBudget(heapBytes + other.heapBytes, classBytes + other.classBytes);
  }

  boolean isWithin(LoadBudget limit) {
    return heapBytes <= limit.heapBytes && classBytes <= limit.classBytes;
  }
}
