package io.hiberlet.node.log;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the logs of all containers have in common: their limits, and that what they gathered is
 * written down together, so that a disk's journal has one thing to do instead of many. Thread-safe.
 */
public final class LogStore {
  private static final Logger logger = LoggerFactory.getLogger(LogStore.class);

  private final LogLimits limits;
  private final InstantSource clock;
  private final Set<ContainerLog> gathering = ConcurrentHashMap.newKeySet();
  private volatile boolean failing;

  public LogStore(LogLimits limits) {
    this(limits, InstantSource.system());
  }

  LogStore(LogLimits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Opens the log of a run, creating the directory when it is missing.
   *
   * @param dir the container's own directory, always the same. It is asked for when it is needed: a
   *     path takes more memory than all the rest of a log that is quiet
   * @param run which start of the container this is, from zero: its restart count
   */
  public ContainerLog open(Supplier<Path> dir, int run) throws IOException {
    return ContainerLog.open(dir, run, this);
  }

  /**
   * Writes down what the logs gathered. What cannot be written is kept for the next time, and told.
   * Blocks for as long as the disk takes.
   */
  public void flush() {
    boolean allWritten = true;
    for (ContainerLog log : List.copyOf(gathering)) {
      gathering.remove(log); // before, as it may gather again meanwhile
      try {
        log.flush();
      } catch (IOException e) {
        failed(log, e);
        allWritten = false;
      }
    }
    failing = failing && !allWritten;
  }

  /** This log has something that is not written down. */
  void gathers(ContainerLog log) {
    gathering.add(log);
  }

  /** This log could not write down what it gathered. Told once, not for each log of a full disk. */
  void failed(ContainerLog log, IOException cause) {
    if (failing) {
      return;
    }
    failing = true;
    logger
        .atWarn()
        .addKeyValue("log", log.dir())
        .setCause(cause)
        .log("Lines of containers could not be written and are kept in memory");
  }

  LogLimits limits() {
    return limits;
  }

  Instant now() {
    return clock.instant();
  }
}
