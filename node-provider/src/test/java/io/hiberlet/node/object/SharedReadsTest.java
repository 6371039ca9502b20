package io.hiberlet.node.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.Await;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharedReadsTest {
  private static final int PODS = 200;
  private static final int AT_A_TIME = 8;
  private static final ObjectName SHARED = ObjectName.configMap("n", "shared");

  private final CountDownLatch away = new CountDownLatch(1);
  private final AtomicInteger sent = new AtomicInteger();
  private final SharedReads reads = new SharedReads(this::answer);

  private Optional<PodObject> answer(ObjectName name) {
    sent.incrementAndGet();
    try {
      away.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Optional.of(new PodObject(Map.of(), Map.of(), false));
  }

  @Test
  void aFewAreSentAtATime() {
    List<Reading> all = IntStream.range(0, PODS).mapToObj(i -> read(of(i))).toList();
    awaitWaiting(all);
    assertEquals(AT_A_TIME, sent.get());
    away.countDown();
    all.forEach(Reading::awaitSuccess);
    assertEquals(PODS, sent.get());
  }

  @Test
  void allWhoWantTheSameAndWhoseTurnHasNotComeShareOneRequest() {
    List<Reading> others = IntStream.range(0, AT_A_TIME).mapToObj(i -> read(of(i))).toList();
    awaitWaiting(others);
    List<Reading> all = IntStream.range(0, PODS).mapToObj(i -> read(SHARED)).toList();
    awaitWaiting(all);
    away.countDown();
    all.forEach(Reading::awaitSuccess);
    assertEquals(AT_A_TIME + 1, sent.get());
  }

  @Test
  void whoComesLaterThanARequestWasSentHasOneOfTheirOwn() {
    Reading early = read(SHARED);
    awaitWaiting(List.of(early));
    Reading late = read(SHARED);
    awaitWaiting(List.of(late));
    away.countDown();
    early.awaitSuccess();
    late.awaitSuccess();
    assertEquals(2, sent.get());
  }

  @Test
  void aFailureIsThatOfTheRequestAndTakesNoTurn() {
    var failing =
        new SharedReads(
            name -> {
              throw new IllegalStateException("the server said so");
            });
    for (int i = 0; i <= AT_A_TIME; i++) {
      var failure = assertThrows(IllegalStateException.class, () -> failing.read(SHARED));
      assertEquals("the server said so", failure.getMessage());
    }
  }

  private static ObjectName of(int pod) {
    return ObjectName.secret("n", "of-pod-" + pod);
  }

  private record Reading(Thread thread, FutureTask<Optional<PodObject>> task) {
    void awaitSuccess() {
      try {
        assertTrue(task.get().isPresent());
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private Reading read(ObjectName name) {
    var task = new FutureTask<>(() -> reads.read(name));
    return new Reading(Thread.startVirtualThread(task), task);
  }

  /** For the server or for others. */
  private static void awaitWaiting(List<Reading> all) {
    Await.until(
        "that all wait",
        () -> all.stream().allMatch(r -> r.thread().getState() == Thread.State.WAITING));
  }
}
