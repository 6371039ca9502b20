package io.hiberlet.agent.module;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes modules that no pod of this node uses, compiled ones with them, when they are old or the
 * disk is full; what was used least lately goes first. Thread-safe; blocks.
 */
public final class ModuleCollector {
  private static final Logger log = LoggerFactory.getLogger(ModuleCollector.class);

  private final ModuleStore store;
  private final ImageRecords records;
  private final CollectionPolicy policy;
  private final DiskSpace disk;
  private final Clock clock;

  /**
   * @param clock the store's
   */
  public ModuleCollector(
      ModuleStore store,
      ImageRecords records,
      CollectionPolicy policy,
      DiskSpace disk,
      Clock clock) {
    this.store = store;
    this.records = records;
    this.policy = policy;
    this.disk = disk;
    this.clock = clock;
  }

  /**
   * One round.
   *
   * @param inUse what pods run, be it resident, hibernated or waiting to be started again
   * @throws IOException when the disk failed; the next round begins anew
   */
  public synchronized void collect(Set<ModuleDigest> inUse) throws IOException {
    Map<ModuleDigest, Long> stored = store.stored();
    store.uses().found(stored.keySet());
    inUse.stream().filter(stored::containsKey).forEach(store.uses()::touch);
    if (policy.maximumAge().isPresent()) {
      removeOlder(stored, policy.maximumAge().get());
    }
    DiskSpace.Usage usage = disk.usage();
    if (policy.highPercent() < 100 && usage.usedPercent() >= policy.highPercent()) {
      free(usage, store.stored());
    }
  }

  private void removeOlder(Map<ModuleDigest, Long> stored, Duration age) throws IOException {
    for (Map.Entry<ModuleDigest, Long> each : stored.entrySet()) {
      remove(each.getKey(), each.getValue(), longest(age));
    }
  }

  private Duration longest(Duration age) {
    return age.compareTo(policy.minimumAge()) > 0 ? age : policy.minimumAge();
  }

  private void free(DiskSpace.Usage usage, Map<ModuleDigest, Long> stored) throws IOException {
    long wanted = usage.above(policy.lowPercent());
    long freed = 0;
    Comparator<ModuleDigest> oldestFirst = Comparator.comparing(store.uses()::lastUse);
    List<ModuleDigest> candidates = stored.keySet().stream().sorted(oldestFirst).toList();
    for (ModuleDigest module : candidates) {
      if (freed >= wanted) {
        return;
      }
      long bytes = stored.getOrDefault(module, 0L);
      freed += remove(module, bytes, policy.minimumAge()) ? bytes : 0;
    }
    if (freed < wanted) {
      log.atWarn()
          .addKeyValue("usedPercent", usage.usedPercent())
          .addKeyValue("wantedBytes", wanted)
          .addKeyValue("freedBytes", freed)
          .log("The disk is fuller than it should be, and no module is left to remove");
    }
  }

  private boolean remove(ModuleDigest module, long bytes, Duration unusedFor) throws IOException {
    Instant since = clock.instant().minus(unusedFor);
    boolean removed =
        store
            .uses()
            .removeUnlessUsed(
                module,
                since,
                () -> {
                  records.remove(module); // first, or a name would lead to nothing
                  store.delete(module);
                });
    if (removed) {
      log.atInfo()
          .addKeyValue("digest", module)
          .addKeyValue("bytes", bytes)
          .log("Removed a module that nobody uses");
    }
    return removed;
  }
}
