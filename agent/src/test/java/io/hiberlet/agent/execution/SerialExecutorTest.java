package io.hiberlet.agent.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class SerialExecutorTest {
  private final Queue<Runnable> threads = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();

  @Test
  void tasksOfOneRunInOrderOneAtATime() throws InterruptedException {
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      Executor serial = new SerialExecutor(pool);
      int tasks = 10_000;
      int[] unguarded = new int[1];
      List<Integer> order = new ArrayList<>();
      CountDownLatch finished = new CountDownLatch(tasks);
      for (int i = 0; i < tasks; i++) {
        int task = i;
        serial.execute(
            () -> {
              unguarded[0]++;
              order.add(task);
              finished.countDown();
            });
      }
      finished.await();
      assertEquals(tasks, unguarded[0]);
      assertEquals(order.stream().sorted().toList(), order);
    }
  }

  @Test
  void oneWithMuchToDoLetsOthersHaveTheirTurn() {
    Executor busy = new SerialExecutor(threads::add);
    Executor other = new SerialExecutor(threads::add);
    busy.execute(() -> done.add("busy 1"));
    busy.execute(() -> done.add("busy 2"));
    other.execute(() -> done.add("other"));
    runAll();
    assertEquals(List.of("busy 1", "other", "busy 2"), done);
  }

  @Test
  void aTaskThatFailsDoesNotStopTheNext() {
    Executor serial = new SerialExecutor(threads::add);
    serial.execute(
        () -> {
          throw new IllegalStateException("on purpose");
        });
    serial.execute(() -> done.add("next"));
    assertThrows(IllegalStateException.class, () -> threads.remove().run());
    runAll();
    assertEquals(List.of("next"), done);
  }

  private void runAll() {
    while (!threads.isEmpty()) {
      threads.remove().run();
    }
  }
}
