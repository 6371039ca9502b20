package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.OwnerAlarm;
import io.hiberlet.snapshot.StoreException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the record of one pod on the disk as it is in memory. Used by the pod's owner only; saving
 * reaches the disk.
 */
final class RecordKeeper {
  private static final Logger log = LoggerFactory.getLogger(RecordKeeper.class);
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final PodRecords records;
  private final UnaryOperator<PodRecord> current;
  private final ScheduledExecutorService timer;
  private final Executor owner;
  private PodRecord saved;
  private @Nullable OwnerAlarm retry;

  /**
   * @param saved what is on the disk
   * @param current the same as it is now
   */
  RecordKeeper(
      PodRecord saved,
      PodRecords records,
      UnaryOperator<PodRecord> current,
      ScheduledExecutorService timer,
      Executor owner) {
    this.saved = saved;
    this.records = records;
    this.current = current;
    this.timer = timer;
    this.owner = owner;
  }

  /**
   * Writes down what has changed; says whether nothing is left to write, else tries again later.
   */
  boolean save() {
    close();
    PodRecord now = current.apply(saved);
    if (now.equals(saved)) {
      return true;
    }
    try {
      records.save(now);
      saved = now;
      return true;
    } catch (StoreException e) {
      log.atWarn().addKeyValue("pod", now.key()).setCause(e).log("A pod's record was not kept");
      retry = OwnerAlarm.set(timer, owner, RETRY, this::save);
      return false;
    }
  }

  /** Tries nothing again. */
  void close() {
    retry = OwnerAlarm.cancel(retry);
  }
}
