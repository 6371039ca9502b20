package io.hiberlet.agent.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.ProbeSpec;
import io.hiberlet.agent.admission.ProbeSpecs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Probes in their time; one thread is timer and owner. */
@Timeout(30)
class ProberTest implements Prober.Target, Prober.Listener {
  private static final Duration SOON = Duration.ofMillis(10);
  private static final Duration LATE = Duration.ofHours(1);

  private record Asked(String word, CompletableFuture<ProbeResult> answer) {}

  private final ScheduledThreadPoolExecutor owner = new ScheduledThreadPoolExecutor(1);
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();

  @BeforeEach
  void forgetWhatIsCancelled() {
    owner.setRemoveOnCancelPolicy(true);
  }

  @AfterEach
  void close() {
    owner.shutdownNow();
  }

  private Prober prober(@Nullable ProbeSpec startup, @Nullable ProbeSpec readiness) {
    return new Prober(new ProbeSpecs(startup, null, readiness), owner, owner, this, this);
  }

  private static ProbeSpec spec(String word, Duration initialDelay, Duration period) {
    return new ProbeSpec(List.of(word), initialDelay, period, LATE, 1, 1, null);
  }

  private void onOwner(Runnable step) throws Exception {
    Future<?> done = owner.submit(step);
    done.get(20, TimeUnit.SECONDS);
  }

  private Asked next() throws InterruptedException {
    Asked next = asked.poll(20, TimeUnit.SECONDS);
    assertNotNull(next, "nobody was asked");
    return next;
  }

  @Test
  void whatHasStartedIsAskedAtOnceWhetherItIsReady() throws Exception {
    Prober prober = prober(spec("start", Duration.ZERO, LATE), spec("ready", Duration.ZERO, LATE));
    onOwner(prober::begin);
    Asked first = next();
    assertEquals("start", first.word());
    onOwner(() -> {}); // the first time of the other one has come, in vain
    first.answer().complete(ProbeResult.SUCCESS);
    Asked second = next();
    assertEquals("ready", second.word());
    assertEquals("changed", news.poll(20, TimeUnit.SECONDS));
    assertFalse(prober.isReady());
    second.answer().complete(ProbeResult.SUCCESS);
    assertEquals("changed", news.poll(20, TimeUnit.SECONDS));
    assertTrue(prober.isReady());
  }

  @Test
  void whoeverIsSlowIsNotAskedTwiceAtATime() throws Exception {
    Prober prober = prober(null, spec("ready", Duration.ZERO, SOON));
    onOwner(prober::begin);
    Asked first = next();
    assertEquals(null, asked.poll(100, TimeUnit.MILLISECONDS));
    first.answer().complete(ProbeResult.unknown("it does not matter"));
    next();
    assertTrue(news.isEmpty());
  }

  @Test
  void whoSleepsIsReadyHasNoAlarmAndIsAskedAgainWhenAwake() throws Exception {
    Prober prober = prober(null, spec("ready", Duration.ZERO, SOON));
    onOwner(prober::begin);
    Asked before = next();
    onOwner(prober::asleep);
    assertEquals("changed", news.poll(20, TimeUnit.SECONDS));
    assertTrue(prober.isReady());
    assertTrue(owner.getQueue().isEmpty(), "no alarm is set");
    before.answer().complete(ProbeResult.failure("of before"));
    onOwner(prober::awake);
    next().answer().complete(ProbeResult.failure("of now"));
    assertEquals("Readiness probe failed: of now", news.poll(20, TimeUnit.SECONDS));
    assertEquals("changed", news.poll(20, TimeUnit.SECONDS));
  }

  @Test
  void aStartupThatFailsIsFatalAndTheLast() throws Exception {
    Prober prober = prober(spec("start", Duration.ZERO, SOON), null);
    onOwner(prober::begin);
    next().answer().complete(ProbeResult.failure("no"));
    assertEquals("Startup probe failed: no", news.poll(20, TimeUnit.SECONDS));
    assertEquals("fatal STARTUP", news.poll(20, TimeUnit.SECONDS));
    assertTrue(owner.getQueue().isEmpty(), "no alarm is set");
  }

  @Test
  void aProbeThatErrsIsToldAndDoesNotCount() throws Exception {
    Prober prober = prober(spec("start", Duration.ZERO, SOON), null);
    onOwner(prober::begin);
    next().answer().complete(ProbeResult.error("no room"));
    assertEquals(
        "Startup probe errored and resulted in unknown state: no room",
        news.poll(20, TimeUnit.SECONDS));
    next().answer().completeExceptionally(new IllegalStateException("broken"));
    assertEquals(
        "Startup probe errored and resulted in unknown state:"
            + " java.lang.IllegalStateException: broken",
        news.poll(20, TimeUnit.SECONDS));
    next().answer().complete(ProbeResult.SUCCESS);
    assertEquals("changed", news.poll(20, TimeUnit.SECONDS));
    assertTrue(prober.isStarted());
  }

  @Override
  public CompletionStage<ProbeResult> probe(ProbeSpec spec) {
    Asked one = new Asked(spec.command().getFirst(), new CompletableFuture<>());
    asked.add(one);
    return one.answer();
  }

  @Override
  public void changed() {
    news.add("changed");
  }

  @Override
  public void failed(String message) {
    news.add(message);
  }

  @Override
  public void fatal(ProbeType type, ProbeSpec spec) {
    news.add("fatal " + type);
  }
}
