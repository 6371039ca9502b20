package io.hiberlet.agent.volume;

import io.hiberlet.agent.admission.MountSpec;
import io.hiberlet.agent.admission.VolumeSource;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObjects;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the volumes of one container up to date while it is in memory. What fails is told, and
 * tried again after the kubelet's back-off for volumes; until then the files stay as they were.
 * Thread-safe.
 */
public final class VolumeUpdates implements AutoCloseable {
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(122);

  /** Keeps the pods of a node that was started at once from renewing their tokens at once. */
  private static final int JITTER_MILLIS = 10_000;

  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  /** Writes the volumes; says when that is due again. */
  @FunctionalInterface
  interface Writing {
    Instant write() throws VolumeException;
  }

  private final VolumeInputs inputs;
  private final Delays delays;
  private final Executor blocking;
  private final Writing writing;
  private final Consumer<String> trouble;

  /** Whether a writing is due that has not begun: what changes before it does is part of it. */
  private final AtomicBoolean due = new AtomicBoolean();

  // Guarded by this.
  private List<PodObjects.Following> followings = List.of();
  private Duration retry = FIRST_RETRY;
  private @Nullable Runnable cancelNext;
  private boolean closed;

  private VolumeUpdates(
      VolumeInputs inputs,
      Delays delays,
      Executor blocking,
      Writing writing,
      Consumer<String> trouble) {
    this.inputs = inputs;
    this.delays = delays;
    this.blocking = blocking;
    this.writing = writing;
    this.trouble = trouble;
  }

  static VolumeUpdates start(
      List<MountSpec> mounts,
      VolumeInputs inputs,
      Delays delays,
      Executor blocking,
      Writing writing,
      Consumer<String> trouble) {
    VolumeUpdates updates = new VolumeUpdates(inputs, delays, blocking, writing, trouble);
    Set<ObjectName> names = new LinkedHashSet<>();
    sources(mounts)
        .filter(VolumeSource.Keys.class::isInstance)
        .forEach(source -> names.add(((VolumeSource.Keys) source).object()));
    List<PodObjects.Following> followings =
        names.stream().map(name -> inputs.objects().follow(name, updates::changed)).toList();
    synchronized (updates) {
      updates.followings = followings;
    }
    if (sources(mounts).anyMatch(VolumeSource.Token.class::isInstance)) {
      updates.changed(); // one may have become stale while the guest slept
    }
    return updates;
  }

  private static Stream<VolumeSource> sources(List<MountSpec> mounts) {
    return mounts.stream().flatMap(mount -> mount.volume().sources().stream());
  }

  private void changed() {
    if (due.compareAndSet(false, true)) {
      blocking.execute(this::write);
    }
  }

  private void write() {
    due.set(false);
    if (isClosed()) {
      return;
    }
    try {
      Instant stale = writing.write();
      written(stale);
    } catch (VolumeException e) {
      if (failed()) {
        trouble.accept(String.valueOf(e.getMessage()));
      }
    }
  }

  private synchronized void written(Instant stale) {
    retry = FIRST_RETRY;
    if (stale.equals(Instant.MAX)) {
      next(null);
      return;
    }
    Duration wait = Duration.between(inputs.clock().instant(), stale);
    Duration bounded = wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    next(bounded.plusMillis(ThreadLocalRandom.current().nextInt(JITTER_MILLIS)));
  }

  private synchronized boolean failed() {
    if (closed) {
      return false;
    }
    next(retry);
    Duration doubled = retry.multipliedBy(2);
    retry = doubled.compareTo(SLOWEST_RETRY) < 0 ? doubled : SLOWEST_RETRY;
    return true;
  }

  private void next(@Nullable Duration wait) {
    if (cancelNext != null) {
      cancelNext.run();
    }
    cancelNext = wait == null || closed ? null : delays.after(wait, this::changed);
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    List<PodObjects.Following> all;
    synchronized (this) {
      closed = true;
      next(null);
      all = followings;
    }
    all.forEach(PodObjects.Following::close);
  }
}
