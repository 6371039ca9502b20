package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.ContainerRef;
import io.hiberlet.node.ContainerUsage;
import io.hiberlet.node.PodUsage;
import io.hiberlet.node.log.LogLimits;
import io.hiberlet.node.log.LogStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PodMeasurementsTest extends PodFixture {
  private static final String POD =
      """
      containers:
      - name: main
        image: x
        resources: {limits: {memory: 4Mi}}
      """;

  private Instant now = Instant.parse("2026-11-21T10:00:00Z");
  private PodMeasurements measurements;

  @BeforeEach
  void makeMeasurements() {
    measurements =
        new PodMeasurements(agent, new PodFiles(folder), controllers().snapshots(), () -> now);
  }

  @Test
  void aResidentHoldsItsMemoryAndASleeperNextToNone() throws Exception {
    calm.put("x", true);
    sync(POD);
    await("main=run");
    hear("start main x");
    ContainerUsage resident = awaitResident();
    assertEquals("main", resident.name());
    assertEquals("x", resident.image());
    assertEquals(FakeGuest.HELD_BYTES, resident.workingSetBytes());
    assertEquals(4 << 20, resident.memoryLimitBytes());
    assertTrue(resident.cpuTime().isPositive());

    agent.active("uid-1").orElseThrow().yieldMemory().toCompletableFuture().get();
    ContainerUsage sleeper = container();
    assertTrue(sleeper.workingSetBytes() > 0, "metrics-server shows no pod that has no memory");
    assertTrue(sleeper.workingSetBytes() < 10_000);
    assertTrue(sleeper.cpuTime().compareTo(resident.cpuTime()) >= 0);
  }

  @Test
  void whatDoesNotRunIsNotMeasured() throws Exception {
    missing.put("x", true);
    sync(POD);
    await("main=ErrImagePull");
    assertEquals(List.of(), measurements.measure(true));
  }

  @Test
  void theDiskIsLookedAtOnceAMinute() throws Exception {
    sync(POD);
    await("main=run");
    Path logs = Files.createDirectories(folder.resolve("uid-1/main/log"));
    Files.write(logs.resolve("0.log"), new byte[3000]);
    assertEquals(0, pod(false).diskBytes());
    assertEquals(3000, pod(true).containers().getFirst().logBytes());
    long before = pod(true).diskBytes();
    assertTrue(before >= 3000);
    Files.write(logs.resolve("1.log"), new byte[5000]);
    assertEquals(before, pod(true).diskBytes());
    now = now.plusSeconds(61);
    assertEquals(8000, pod(true).containers().getFirst().logBytes());
    assertTrue(pod(true).diskBytes() >= 8000);
  }

  @Test
  void aCheckpointIsASnapshotUnderItsName() throws Exception {
    PodAccess access =
        new PodAccess(
            agent,
            new ContainerLogs(new PodFiles(folder), new LogStore(LogLimits.KUBELET_DEFAULTS)));
    var main = new ContainerRef("ns", "pod", "uid-1", "main");
    assertThrows(NoSuchContainerException.class, () -> access.checkpoint(main));
    sync(POD);
    await("main=run");
    awaitResident();
    assertEquals("uid-1/main", access.checkpoint(main));
    assertEquals("uid-1/main", controllers().snapshots().ids().iterator().next().toString());
  }

  @Test
  void whatHasNotBegunCannotBeWrittenDown() throws Exception {
    missing.put("x", true);
    sync(POD);
    await("main=ErrImagePull");
    PodAccess access =
        new PodAccess(
            agent,
            new ContainerLogs(new PodFiles(folder), new LogStore(LogLimits.KUBELET_DEFAULTS)));
    var main = new ContainerRef("ns", "pod", null, "main");
    assertEquals(
        "the container does not run now",
        assertThrows(IOException.class, () -> access.checkpoint(main)).getMessage());
  }

  private ContainerUsage awaitResident() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (container().workingSetBytes() != FakeGuest.HELD_BYTES) {
      assertTrue(System.nanoTime() < deadline, () -> "not resident: " + container());
      Thread.onSpinWait();
    }
    return container();
  }

  private ContainerUsage container() {
    return pod(false).containers().getFirst();
  }

  private PodUsage pod(boolean withDisk) {
    PodUsage pod = measurements.measure(withDisk).getFirst();
    assertEquals(KEY, pod.pod());
    return pod;
  }
}
