package io.hiberlet.node.stats;

import io.hiberlet.node.ContainerUsage;
import io.hiberlet.node.PodUsage;
import io.hiberlet.node.status.MachineInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts the numbers of the node and its pods together. Thread-safe. */
final class SummaryMaker {
  private static final String NODE = "node";

  /** As the kubelet names its container runtime among the system containers. */
  private static final String RUNTIME = "runtime";

  private final String nodeName;
  private final NodeGauges gauges;
  private final MachineInfo machine;
  private final Instant began;
  private final CpuRates rates = new CpuRates(); // guarded by this

  SummaryMaker(String nodeName, NodeGauges gauges, Instant now) {
    this.nodeName = nodeName;
    this.gauges = gauges;
    this.machine = gauges.machine();
    this.began = now;
    machine.cpuTime().ifPresent(cpuTime -> rates.begin(NODE, now, cpuTime));
    rates.begin(RUNTIME, now, gauges.process().cpuTime());
  }

  /** Empty where it cannot be measured, as everything of the node. */
  Optional<Duration> nodeCpuTime() {
    return machine.cpuTime();
  }

  /** What is used and could not be had back at once. */
  OptionalLong nodeWorkingSetBytes() {
    OptionalLong all = machine.memoryBytes();
    OptionalLong available = machine.memoryAvailableBytes();
    return all.isPresent() && available.isPresent()
        ? OptionalLong.of(all.getAsLong() - available.getAsLong())
        : OptionalLong.empty();
  }

  synchronized Summary make(List<PodUsage> usages, boolean withDisk, Instant now) {
    Summary.Node node = node(withDisk, now);
    List<Summary.Pod> pods = usages.stream().map(pod -> pod(pod, withDisk, now)).toList();
    Set<String> counted = new HashSet<>(Set.of(NODE, RUNTIME));
    for (PodUsage pod : usages) {
      pod.containers().forEach(container -> counted.add(key(pod, container)));
    }
    rates.retain(counted);
    return new Summary(node, pods);
  }

  private Summary.Node node(boolean withDisk, Instant now) {
    Instant booted = machine.startedAt().orElse(began);
    return new Summary.Node(
        nodeName,
        List.of(runtime(now)),
        text(booted),
        nodeCpuTime().map(cpuTime -> cpu(NODE, booted, now, cpuTime)).orElse(null),
        nodeMemory(now),
        withDisk ? disk(now, null) : null,
        withDisk ? new Summary.RuntimeDisk(disk(now, gauges.imageBytes().getAsLong())) : null);
  }

  /** This process: agent and runtime are one, and what guests take is a part of it. */
  private Summary.Container runtime(Instant now) {
    ProcessInfo process = gauges.process();
    OptionalLong resident = process.residentBytes();
    return new Summary.Container(
        RUNTIME,
        text(process.startedAt()),
        cpu(RUNTIME, process.startedAt(), now, process.cpuTime()),
        resident.isEmpty()
            ? null
            : new Summary.Memory(
                text(now), null, resident.getAsLong(), resident.getAsLong(), resident.getAsLong()),
        null);
  }

  private Summary.@Nullable Memory nodeMemory(Instant now) {
    OptionalLong workingSet = nodeWorkingSetBytes();
    return workingSet.isEmpty()
        ? null
        : new Summary.Memory(
            text(now),
            nullable(machine.memoryAvailableBytes()),
            workingSet.getAsLong(),
            workingSet.getAsLong(),
            null);
  }

  private Summary.Pod pod(PodUsage pod, boolean withDisk, Instant now) {
    List<Summary.Container> containers =
        pod.containers().stream().map(each -> container(pod, each, withDisk, now)).toList();
    return new Summary.Pod(
        new Summary.PodReference(pod.pod().name(), pod.pod().namespace(), pod.pod().uid()),
        text(pod.startedAt()),
        containers,
        sumOfCpu(containers, now),
        sumOfMemory(containers, now),
        withDisk ? disk(now, pod.diskBytes()) : null);
  }

  private Summary.Container container(
      PodUsage pod, ContainerUsage container, boolean withDisk, Instant now) {
    // What an earlier process used of it is not counted.
    Instant counted = container.startedAt().isBefore(began) ? began : container.startedAt();
    return new Summary.Container(
        container.name(),
        text(container.startedAt()),
        cpu(key(pod, container), counted, now, container.cpuTime()),
        new Summary.Memory(
            text(now),
            Math.max(0, container.memoryLimitBytes() - container.workingSetBytes()),
            container.memoryBytes(),
            container.workingSetBytes(),
            container.workingSetBytes()),
        withDisk ? disk(now, container.logBytes()) : null);
  }

  private static Summary.Cpu sumOfCpu(List<Summary.Container> containers, Instant now) {
    List<Summary.Cpu> each = containers.stream().map(Summary.Container::cpu).toList();
    List<Long> known =
        each.stream().map(Summary.Cpu::usageNanoCores).filter(Objects::nonNull).toList();
    return new Summary.Cpu(
        text(now),
        known.isEmpty() ? null : known.stream().mapToLong(Long::longValue).sum(),
        each.stream().mapToLong(Summary.Cpu::usageCoreNanoSeconds).sum());
  }

  private static Summary.Memory sumOfMemory(List<Summary.Container> containers, Instant now) {
    List<Summary.Memory> each =
        containers.stream().flatMap(container -> Stream.ofNullable(container.memory())).toList();
    long workingSet = each.stream().mapToLong(Summary.Memory::workingSetBytes).sum();
    return new Summary.Memory(
        text(now),
        null,
        each.stream().mapToLong(Summary.Memory::usageBytes).sum(),
        workingSet,
        workingSet);
  }

  private Summary.Cpu cpu(String name, Instant since, Instant now, Duration cpuTime) {
    return new Summary.Cpu(text(now), rates.rate(name, since, now, cpuTime), cpuTime.toNanos());
  }

  /**
   * The disk of the data folder.
   *
   * @param usedBytes by somebody; null for all that is in use
   */
  private Summary.Fs disk(Instant now, @Nullable Long usedBytes) {
    Long capacity = nullable(machine.diskBytes());
    Long available = nullable(machine.diskAvailableBytes());
    Long inUse = capacity == null || available == null ? null : capacity - available;
    return new Summary.Fs(text(now), available, capacity, usedBytes == null ? inUse : usedBytes);
  }

  private static String key(PodUsage pod, ContainerUsage container) {
    return pod.pod().uid() + "/" + container.name() + "@" + container.startedAt();
  }

  private static @Nullable Long nullable(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  /** To the second, as metav1.Time. */
  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
