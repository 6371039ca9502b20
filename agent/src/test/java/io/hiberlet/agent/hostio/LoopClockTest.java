package io.hiberlet.agent.hostio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.WallClock.Alarm;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopClockTest {
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration LATER = Duration.ofDays(1);

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final LoopClock clock = new LoopClock(loops.next(), InstantSource.system());
  private final BlockingQueue<String> rung = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void alarmsRingInTheirOrderAndNeverBeforeTheirTime() throws Exception {
    Instant began = clock.now();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int name = 7 * i % 50; // set in another order than they ring in
      set(began.plus(SOON).plusMillis(name), String.valueOf(name));
      expected.add(String.valueOf(i));
    }
    set(began.plus(LATER), "later");
    List<String> heard = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      heard.add(next());
    }
    assertEquals(expected, heard);
    assertFalse(clock.now().isBefore(began.plus(SOON).plusMillis(49)));
  }

  @Test
  void whatIsDueAlreadyRingsAtOnceButNotInsideTheCall() throws Exception {
    set(clock.now().plus(LATER), "later");
    CountDownLatch returned = new CountDownLatch(1);
    clock.alarm(
        clock.now().minus(LATER),
        () -> {
          awaitQuietly(returned);
          rung.add("overdue");
        });
    returned.countDown();
    assertEquals("overdue", next());
  }

  @Test
  void oneThatFailsTakesNoOtherWithIt() throws Exception {
    Instant due = clock.now().plus(SOON);
    clock.alarm(
        due,
        () -> {
          throw new IllegalStateException("on purpose");
        });
    set(due.plusMillis(1), "next");
    assertEquals("next", next());
  }

  @Test
  void cancelledAlarmsDoNotRingAndDoNotPileUp() throws Exception {
    Instant far = clock.now().plus(LATER);
    set(far, "far");
    for (int i = 0; i < 10_000; i++) {
      Alarm alarm = set(clock.now().plus(SOON), "cancelled");
      alarm.cancel();
      alarm.cancel();
    }
    assertTrue(clock.queued() < 200, () -> clock.queued() + " alarms are kept");
    set(clock.now().plus(SOON).plus(SOON), "last");
    assertEquals("last", next());
  }

  @Test
  void cancellingAfterItRangChangesNothing() throws Exception {
    Alarm alarm = set(clock.now(), "first");
    assertEquals("first", next());
    for (int i = 0; i < 1000; i++) {
      alarm.cancel();
    }
    set(clock.now().plus(SOON), "second");
    assertEquals("second", next());
  }

  private Alarm set(Instant due, String name) {
    return clock.alarm(due, () -> rung.add(name));
  }

  private String next() throws InterruptedException {
    String name = rung.poll(10, TimeUnit.SECONDS);
    return name == null ? "nothing" : name;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new AssertionError("the call that sets an alarm did not return");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
