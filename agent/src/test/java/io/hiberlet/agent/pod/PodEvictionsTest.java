package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.eviction.Eviction;
import io.hiberlet.agent.eviction.PodUsage;
import io.hiberlet.agent.hostio.ExecCommand;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Condition;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.Shortage;
import io.hiberlet.node.Shortage.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class PodEvictionsTest extends PodFixture {
  private static final String POD =
      """
      priority: 7
      initContainers:
      - name: side
        image: x
        restartPolicy: Always
        resources: {requests: {memory: 1Mi}}
      containers:
      - name: main
        image: x
        resources: {requests: {memory: 2Mi, ephemeral-storage: 1Ki}}
      """;

  private final AtomicInteger collections = new AtomicInteger();

  private PodEvictions evictions() {
    return new PodEvictions(
        agent, new PodFiles(folder), controllers().snapshots(), collections::incrementAndGet);
  }

  private Path run() throws Exception {
    sync(POD);
    await("side=run main=run");
    hear("start side x", "start main x"); // one that has not begun is not asked to stop
    Path file = folder.resolve("uid-1/.volumes/data/file");
    Files.createDirectories(file.getParent());
    return Files.write(file, new byte[5000]);
  }

  @Test
  void measuresWhatAPodHoldsBesideWhatItRequested() throws Exception {
    calm.put("x", true);
    run();
    PodUsage memory = evictions().usages(Resource.MEMORY).getFirst();
    assertEquals(3 << 20, memory.requestedBytes());
    assertEquals(0, memory.usedBytes(), "as those that are idle were put to sleep");
    await("asleep", report -> report.conditions().getFirst().status());
    PodUsage disk = evictions().usages(Resource.DISK).getFirst();
    assertEquals(KEY, disk.pod());
    assertEquals(7, disk.priority());
    assertFalse(disk.critical());
    assertEquals(1024, disk.requestedBytes());
    assertTrue(disk.usedBytes() > 5000, "a file, and snapshots: " + disk.usedBytes());
  }

  @Test
  void oneThatCannotSleepIsEndedWhenMemoryStaysShort() throws Exception {
    calm.put("x", true);
    run();
    Controller busy =
        agent.active(KEY.uid()).orElseThrow().controller("main").toCompletableFuture().get().get();
    busy.exec(new ExecCommand(List.of("for ever"), false, false, false))
        .toCompletableFuture()
        .get();
    Shortage shortage = new Shortage(Resource.MEMORY, 100 << 20, 50 << 20);
    var eviction = new Eviction(() -> List.of(shortage), evictions(), any -> {});
    eviction.run();
    assertEquals(List.of(), told("event Evicted"), "who can sleep goes first");
    eviction.run();
    PodReport ended = await("side=0 main=0");
    assertEquals(Phase.FAILED, ended.phase());
    assertEquals("Evicted", ended.reason());
    assertTrue(
        ended.message().startsWith("The node was low on resource: memory."), ended.message());
  }

  @Test
  void anEvictedPodFailsAndLeavesNothingButItsStatus() throws Exception {
    Path file = run();
    evictions().evict(KEY, "The node was low on resource: memory.");
    PodReport ended = await("side=0 main=0");
    assertEquals(Phase.FAILED, ended.phase());
    assertEquals("Evicted", ended.reason());
    assertEquals("The node was low on resource: memory.", ended.message());
    assertTrue(
        ended
            .conditions()
            .contains(
                new Condition("DisruptionTarget", true, "TerminationByKubelet", ended.message())));
    hear("event Evicted: The node was low on resource: memory.");
    assertFalse(Files.exists(file));
    assertEquals(0, controllers().snapshots().bytes("uid-1"));
    assertEquals(List.of(), evictions().usages(Resource.DISK), "nobody is left to end");
  }

  @Test
  void aContainerThatDoesNotEndIsDiscardedAfterASecond() throws Exception {
    stubborn.put("main", true);
    run();
    evictions().evict(KEY, "low");
    assertEquals("Evicted", await("side=0 main=137").reason());
  }

  @Test
  void anEvictedPodStaysEvictedWhenTheAgentIsRestarted() throws Exception {
    run();
    evictions().evict(KEY, "low");
    await("side=0 main=0");
    suspend();
    story.clear();
    nextProcess();
    sync(POD);
    PodReport again = await("side=0 main=0");
    assertEquals(Phase.FAILED, again.phase());
    assertEquals("Evicted", again.reason());
    assertEquals(List.of(), told("start", "event", "resume"));
  }

  @Test
  void theDiskIsRelievedByCollectingGarbage() {
    evictions().relieve(Resource.DISK);
    assertEquals(1, collections.get());
  }
}
