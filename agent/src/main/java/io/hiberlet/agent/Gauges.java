package io.hiberlet.agent;

import io.hiberlet.agent.cli.Version;
import io.hiberlet.agent.metrics.AgentMetrics;
import io.hiberlet.agent.metrics.Metric;
import io.hiberlet.agent.module.Modules;
import io.hiberlet.agent.pod.ResidentRoom;
import io.hiberlet.node.stats.ProcessInfo;
import io.hiberlet.snapshot.SnapshotStore;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;

/** The metrics that are measured when somebody asks for them. */
final class Gauges {
  private static final double MILLI = 1e-3;
  private static final double NANO = 1e-9;

  private Gauges() {}

  static void show(AgentMetrics metrics, SnapshotStore store, ResidentRoom room, Modules modules) {
    metrics.showInfo(Metric.BUILD_INFO, Version.current());
    metrics.show(Metric.STORE_BYTES, store::usage);
    metrics.show(Metric.RESIDENT_BYTES, room::heldBytes);
    metrics.show(Metric.WAITING_CONTROLLERS, room::waiting);
    metrics.show(Metric.MODULES_BYTES, modules::bytesOnDisk);
    showProcess(metrics, new ProcessInfo(Path.of("/")));
  }

  private static void showProcess(AgentMetrics metrics, ProcessInfo process) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    double startedAt = process.startedAt().toEpochMilli() * MILLI;
    metrics.show(Metric.PROCESS_START, () -> startedAt);
    metrics.show(Metric.PROCESS_CPU, () -> process.cpuTime().toNanos() * NANO);
    metrics.show(
        Metric.PROCESS_MEMORY,
        () -> process.residentBytes().stream().asDoubleStream().findFirst().orElse(Double.NaN));
    metrics.show(Metric.HEAP_USED, () -> memory.getHeapMemoryUsage().getUsed());
    metrics.show(Metric.HEAP_LIMIT, () -> memory.getHeapMemoryUsage().getMax());
    metrics.show(Metric.DIRECT_MEMORY, Gauges::directBytes);
  }

  /** Java's buffers and Netty's, of which Java does not know. */
  private static double directBytes() {
    long ofJava =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider netty
        ? ofJava + netty.metric().usedDirectMemory()
        : ofJava;
  }
}
