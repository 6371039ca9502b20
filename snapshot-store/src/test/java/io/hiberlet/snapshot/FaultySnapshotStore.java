package io.hiberlet.snapshot;

import io.hiberlet.snapshot.StoreException.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A store that fails, for tests of what stands on a store. The same seed and the same calls in the
 * same order give the same failures; every message names the seed and the call, so a failing test
 * can be replayed.
 *
 * <p>Thread-safe as the store below it is; the failures are the same again only when the calls come
 * in the same order.
 */
public final class FaultySnapshotStore implements SnapshotStore {

  /**
   * How often what fails, as probabilities within 0 and 1.
   *
   * @param fullWrites writes that find the disk full; they change nothing
   * @param brokenWrites writes that find the disk broken; they change nothing
   * @param brokenReads reads and scans that find the disk broken
   * @param corruptReads reads and scans that find the bytes corrupt, though they are not; a scan
   *     may have visited some entries by then
   * @param uncertainWrites writes that fail as on a broken disk after they have changed the store,
   *     as when the sync fails whose data is on the disk nevertheless
   * @param crashes writes during which the process dies: see {@link Crash}
   * @param bitFlips writes after which a bit flips in some record of a snapshot, see {@link #flip}
   * @param slowCalls calls before which {@link #onSlowCall} is run
   */
  public record Faults(
      double fullWrites,
      double brokenWrites,
      double brokenReads,
      double corruptReads,
      double uncertainWrites,
      double crashes,
      double bitFlips,
      double slowCalls) {
    public static final Faults NONE = new Faults(0, 0, 0, 0);

    /** Without those that last. */
    public Faults(double fullWrites, double brokenWrites, double brokenReads, double corruptReads) {
      this(fullWrites, brokenWrites, brokenReads, corruptReads, 0, 0, 0, 0);
    }
  }

  /**
   * The process died in a write, which the store has taken as a whole or not at all. Every call
   * throws this, until {@link #restart}.
   */
  public static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Crash(String message) {
      super(message);
    }
  }

  private static final List<Table> FLIPPED = List.of(Table.SNAPSHOTS, Table.PAGES, Table.POSITIONS);
  private static final int NEVER = Integer.MAX_VALUE;

  private final SnapshotStore store;
  private final long seed;
  private final SplittableRandom random; // guarded by this
  private final FlippedRecords flipped = new FlippedRecords();
  private volatile Faults faults;
  private volatile Runnable slowCall = () -> {};
  private long calls; // guarded by this
  private int writesUntilFull = NEVER; // guarded by this
  private boolean crashed; // guarded by this

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

  /** What a slow call does before it goes on: moves a clock, or waits for a latch of the test. */
  public void onSlowCall(Runnable slowCall) {
    this.slowCall = slowCall;
  }

  /** After so many writes more, and until {@link #freeDisk}, every write finds the disk full. */
  public synchronized void fillDisk(int afterWrites) {
    writesUntilFull = afterWrites;
  }

  /** The disk has room again. */
  public synchronized void freeDisk() {
    writesUntilFull = NEVER;
  }

  /** The store can be used after a crash. */
  public synchronized void restart() {
    crashed = false;
  }

  /** Corrupts a record until it is written anew or deleted; who meets it until then, is told. */
  public void flip(Table table, byte[] key) {
    flipped.add(table, key);
  }

  @Override
  public void write(Iterable<? extends Change> changes) {
    Runnable afterwards = beforeWrite();
    List<Change> taken = new ArrayList<>();
    changes.forEach(taken::add);
    store.write(taken);
    taken.forEach(flipped::changed);
    afterwards.run();
  }

  /** Fails, or tells what comes after the write. */
  private Runnable beforeWrite() {
    Faults now = faults;
    beforeCall(now);
    synchronized (this) {
      if (writesUntilFull == 0) {
        throw fault(Kind.FULL);
      }
      writesUntilFull -= writesUntilFull == NEVER ? 0 : 1;
      draw(Kind.FULL, now.fullWrites(), Kind.IO, now.brokenWrites());
      boolean uncertain = random.nextDouble() < now.uncertainWrites();
      boolean crash = random.nextDouble() < now.crashes();
      boolean kept = random.nextBoolean();
      boolean flip = random.nextDouble() < now.bitFlips();
      crashed = crash;
      if (crash && !kept) {
        throw new Crash(message("crash"));
      }
      long call = calls;
      return () -> afterWrite(call, uncertain, crash, flip);
    }
  }

  private void afterWrite(long call, boolean uncertain, boolean crash, boolean flip) {
    if (flip) {
      flipSome();
    }
    if (crash) {
      throw new Crash(message("crash", call));
    }
    if (uncertain) {
      throw new StoreException(Kind.IO, message("IO after the write was made", call));
    }
  }

  private synchronized void flipSome() {
    Table table = FLIPPED.get(random.nextInt(FLIPPED.size()));
    List<byte[]> keys = store.keys(table, new byte[0]);
    if (!keys.isEmpty()) {
      flip(table, keys.get(random.nextInt(keys.size())));
    }
  }

  @Override
  public Optional<byte[]> read(Table table, byte[] key) {
    Faults now = faults;
    beforeCall(now);
    draw(Kind.CORRUPT, now.corruptReads(), Kind.IO, now.brokenReads());
    if (flipped.contains(table, ByteBuffer.wrap(key))) {
      throw fault(Kind.CORRUPT);
    }
    return store.read(table, key);
  }

  @Override
  public void scan(Table table, byte[] from, byte[] before, Visitor visitor) {
    Faults now = faults;
    beforeCall(now);
    int most = entriesBeforeFault(now);
    int[] visited = {0};
    store.scan(
        table,
        from,
        before,
        (key, value) -> {
          if (visited[0]++ == most || flipped.contains(table, key)) {
            throw fault(Kind.CORRUPT);
          }
          visitor.visit(key, value);
        });
    if (most != NEVER) {
      throw fault(Kind.CORRUPT);
    }
  }

  /** How many entries a scan hands over before it finds corrupt bytes. */
  private synchronized int entriesBeforeFault(Faults now) {
    draw(Kind.IO, now.brokenReads(), Kind.CORRUPT, 0);
    return random.nextDouble() < now.corruptReads() ? random.nextInt(8) : NEVER;
  }

  @Override
  public List<byte[]> keys(Table table, byte[] prefix) {
    Faults now = faults;
    beforeCall(now);
    draw(Kind.IO, now.brokenReads(), Kind.CORRUPT, 0);
    return store.keys(table, prefix);
  }

  @Override
  public void quarantine(String name, Set<Table> tables, byte[] prefix, String reason) {
    Runnable afterwards = beforeWrite();
    store.quarantine(name, tables, prefix, reason);
    tables.forEach(table -> flipped.changed(new Change.DeletePrefix(table, prefix)));
    afterwards.run();
  }

  @Override
  public long usage() {
    beforeCall(faults);
    return store.usage();
  }

  private void beforeCall(Faults now) {
    boolean slow;
    synchronized (this) {
      calls++;
      if (crashed) {
        throw new Crash(message("crashed before"));
      }
      slow = random.nextDouble() < now.slowCalls();
    }
    if (slow) {
      slowCall.run();
    }
  }

  private synchronized void draw(Kind first, double firstShare, Kind second, double secondShare) {
    double drawn = random.nextDouble();
    if (drawn < firstShare) {
      throw fault(first);
    }
    if (drawn < firstShare + secondShare) {
      throw fault(second);
    }
  }

  private synchronized StoreException fault(Kind kind) {
    return new StoreException(kind, message(kind.name()));
  }

  private synchronized String message(String what) {
    return message(what, calls);
  }

  private String message(String what, long call) {
    return "injected %s: seed %d, call %d".formatted(what, seed, call);
  }

  @Override
  public void close() {
    store.close();
  }
}
