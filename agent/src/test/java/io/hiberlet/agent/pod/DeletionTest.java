package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.PodKey;
import io.hiberlet.snapshot.Table;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whatever a pod is doing, its deletion ends that and leaves nothing. */
final class DeletionTest extends PodFixture {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final String POD =
      """
      initContainers:
      - {name: init, image: x}
      containers:
      - {name: main, image: y}
      """;

  private void deletedWhile(String states) throws Exception {
    await(states);
    end(GRACE);
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws Exception {
    assertTrue(agent.known().isEmpty());
    assertTrue(agent.remembered().isEmpty());
    for (Table table : Table.values()) {
      assertEquals(0, store.keys(table, new byte[0]).size(), "left in " + table);
    }
  }

  @Test
  void whilePulling() throws Exception {
    stuck.put("x", true);
    sync(POD);
    deletedWhile("init=PodInitializing main=PodInitializing");
    pulled();
    assertFalse(hears("start", Duration.ofMillis(300)), "what has been pulled comes too late");
    assertNothingIsLeft();
  }

  @Test
  void whileAPullWaitsForItsNextTry() throws Exception {
    missing.put("x", true);
    sync(POD);
    deletedWhile("init=ErrImagePull main=PodInitializing");
  }

  @Test
  void whileInitializing() throws Exception {
    sync(POD);
    deletedWhile("init=run main=PodInitializing");
  }

  @Test
  void whileAnInitContainerBacksOff() throws Exception {
    exit("init", 1);
    exit("init", 1);
    sync(POD);
    deletedWhile("init=CrashLoopBackOff main=PodInitializing");
  }

  @Test
  void whileRunning() throws Exception {
    exit("init", 0);
    sync(POD);
    deletedWhile("init=0 main=run");
  }

  @Test
  void afterItIsOver() throws Exception {
    exit("init", 0);
    exit("main", 0);
    sync(POD + "restartPolicy: Never\n");
    deletedWhile("init=0 main=0");
  }

  @Test
  void byForceWhileItIsBeingDeleted() throws Exception {
    exit("init", 0);
    sync(POD);
    await("init=0 main=run");
    hear("start main y");
    stubborn.put("main", true);
    var slowly = agent.terminate(KEY, Duration.ofHours(1)).toCompletableFuture();
    hear("stop main");
    end(Duration.ZERO);
    slowly.join();
    assertTrue(agent.known().isEmpty());
  }

  @Test
  void aNewPodOfTheSameNameGetsNothingOfTheOldOne() throws Exception {
    exit("init", 0);
    sync(POD);
    await("init=0 main=run");
    suspend();
    nextProcess();
    agent.sync(uid(pod(POD), "uid-2"), reporter());
    var fresh = await("init=run main=PodInitializing");
    assertEquals(0, container(fresh, "init").restarts());
    agent.terminate(KEY, Duration.ZERO).toCompletableFuture().join();
    exit("init", 0);
    await("init=0 main=run");
    assertEquals(0, told("resume").size());
    agent.terminate(new PodKey("ns", "pod", "uid-2"), Duration.ZERO).toCompletableFuture().join();
    assertTrue(agent.known().isEmpty());
  }
}
