package io.hiberlet.snapshot;

import io.hiberlet.snapshot.StoreException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A store that fails now and then, for tests of what stands on a store. The same seed and the same
 * calls in the same order give the same failures; every message names the seed and the call, so a
 * failing test can be replayed. A failed write changed nothing, as the contract has it.
 */
public final class FaultySnapshotStore implements SnapshotStore {

  /**
   * How often what fails, as probabilities within 0 and 1.
   *
   * @param fullWrites writes that find the disk full
   * @param brokenWrites writes that find the disk broken
   * @param brokenReads reads and scans that find the disk broken
   * @param corruptReads reads and scans that find the bytes corrupt; a scan may have visited some
   *     entries by then
   */
  public record Faults(
      double fullWrites, double brokenWrites, double brokenReads, double corruptReads) {
    public static final Faults NONE = new Faults(0, 0, 0, 0);
  }

  private final SnapshotStore store;
  private final long seed;
  private final SplittableRandom random;
  private volatile Faults faults;
  private long calls;

  public FaultySnapshotStore(SnapshotStore store, long seed, Faults faults) {
    this.store = store;
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.faults = faults;
  }

  /** From now on fails like this. */
  public void setFaults(Faults faults) {
    this.faults = faults;
  }

  @Override
  public void write(Iterable<? extends Change> changes) {
    Faults now = faults;
    draw(Kind.FULL, now.fullWrites(), Kind.IO, now.brokenWrites());
    store.write(changes);
  }

  @Override
  public Optional<byte[]> read(Table table, byte[] key) {
    Faults now = faults;
    draw(Kind.CORRUPT, now.corruptReads(), Kind.IO, now.brokenReads());
    return store.read(table, key);
  }

  @Override
  public void scan(Table table, byte[] prefix, Visitor visitor) {
    int left = entriesBeforeFault();
    if (left < 0) {
      store.scan(table, prefix, visitor);
      return;
    }
    int[] visited = {0};
    store.scan(
        table,
        prefix,
        (key, value) -> {
          if (visited[0]++ == left) {
            throw fault(Kind.CORRUPT);
          }
          visitor.visit(key, value);
        });
    throw fault(Kind.CORRUPT);
  }

  @Override
  public List<byte[]> keys(Table table, byte[] prefix) {
    draw(Kind.IO, faults.brokenReads(), Kind.CORRUPT, 0);
    return store.keys(table, prefix);
  }

  @Override
  public void quarantine(String name, Set<Table> tables, byte[] prefix, String reason) {
    Faults now = faults;
    draw(Kind.FULL, 0, Kind.IO, now.brokenWrites());
    store.quarantine(name, tables, prefix, reason);
  }

  @Override
  public long usage() {
    return store.usage();
  }

  /** How many entries a scan hands over before it finds corrupt bytes, or -1 for all of them. */
  private synchronized int entriesBeforeFault() {
    Faults now = faults;
    draw(Kind.IO, now.brokenReads(), Kind.CORRUPT, 0);
    return random.nextDouble() < now.corruptReads() ? random.nextInt(8) : -1;
  }

  private synchronized void draw(Kind first, double firstShare, Kind second, double secondShare) {
    calls++;
    double drawn = random.nextDouble();
    if (drawn < firstShare) {
      throw fault(first);
    }
    if (drawn < firstShare + secondShare) {
      throw fault(second);
    }
  }

  private StoreException fault(Kind kind) {
    return new StoreException(kind, "injected %s: seed %d, call %d".formatted(kind, seed, calls));
  }

  @Override
  public void close() {
    store.close();
  }
}
