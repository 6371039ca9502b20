package io.hiberlet.benchmarks;

import com.google.gson.JsonObject;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.snapshot.RocksSnapshotStore;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Measures suspend and resume of one guest with a working set of one size. Arguments: an empty
 * folder on the disk to measure, the pages of the working set, how many first suspends, how many
 * suspends after them. Writes one JSON object to the standard output.
 */
final class WorkingSetRun {
  private static final int FEW_PAGES = 8;

  /**
   * Suspends and resumes of a small guest before anything is timed: an agent that has been up for a
   * while has made so many, and until then a good part of its code is interpreted.
   */
  private static final int WARM_UP_CYCLES = 2_000;

  private static final int WARM_UP_PAGES = 64;

  /** Before anything is timed: a part of the repetitions. */
  private static final int WARM_UP_SHARE = 5;

  private final Path folder;
  private final GuestModule module;
  private final SyncedAppend yardstick;
  private final int pages;

  private WorkingSetRun(Path folder, GuestModule module, SyncedAppend yardstick, int pages) {
    this.folder = folder;
    this.module = module;
    this.yardstick = yardstick;
    this.pages = pages;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    int pages = Integer.parseInt(arguments[1]);
    try (SyncedAppend yardstick = new SyncedAppend(folder.resolve("yardstick"))) {
      WorkingSetRun run = new WorkingSetRun(folder, WorkingSetModule.compile(), yardstick, pages);
      JsonObject result = new JsonObject();
      result.addProperty("pages", pages);
      run.warmUp();
      run.firstSuspends(result, Integer.parseInt(arguments[2]));
      run.cycles(result, Integer.parseInt(arguments[3]));
      System.out.println(result);
    }
  }

  private void warmUp() throws Exception {
    try (SnapshotStore store = open("warm-up");
        SleepingGuest guest =
            new SleepingGuest(
                module,
                new SnapshotRepository(store),
                new ControllerId("benchmark", "warm-up"),
                WARM_UP_PAGES)) {
      guest.suspend();
      cycles(guest, FEW_PAGES, WARM_UP_CYCLES, new Samples());
    }
  }

  /** A controller's first suspend writes all of its working set; each is another controller's. */
  private void firstSuspends(JsonObject result, int count) throws Exception {
    Suspends suspends = new Suspends(yardstick);
    try (SnapshotStore store = open("first")) {
      SnapshotRepository snapshots = new SnapshotRepository(store);
      for (int i = -count / WARM_UP_SHARE; i < count; i++) {
        if (i == 0) {
          suspends.clear();
        }
        try (SleepingGuest guest = guest(snapshots, "first." + (count + i))) {
          suspends.time(guest);
        }
      }
    }
    result.add("firstSuspend", suspends.toJson());
  }

  /**
   * The suspends after the first, as in life: the guest is woken and dirties some pages, is
   * suspended, let go of, and resumed from the disk.
   */
  private void cycles(JsonObject result, int count) throws Exception {
    Samples resume = new Samples();
    try (SnapshotStore store = open("cycles")) {
      try (SleepingGuest guest = guest(new SnapshotRepository(store), "cycles")) {
        guest.suspend();
        cycles(guest, FEW_PAGES, count / WARM_UP_SHARE, new Samples());
        result.add("suspend8Pages", cycles(guest, FEW_PAGES, count, resume));
        int onePercent = Math.max(1, Math.round(pages / 100f));
        result.add("suspend1Percent", cycles(guest, onePercent, count, resume));
        requireWhole(guest);
        result.addProperty("storeBytes", store.usage());
      }
    }
    result.add("resume", resume.toJson());
  }

  private JsonObject cycles(SleepingGuest guest, int dirtyPages, int count, Samples resume)
      throws Exception {
    Suspends suspends = new Suspends(yardstick);
    for (int i = 0; i < count; i++) {
      guest.dirty(dirtyPages);
      suspends.time(guest);
      guest.forget();
      resume.time(guest::resume);
    }
    JsonObject json = suspends.toJson();
    json.addProperty("dirtyPages", dirtyPages);
    return json;
  }

  private SnapshotStore open(String name) {
    return RocksSnapshotStore.open(folder.resolve(name), StoreOptions.DEFAULT);
  }

  private SleepingGuest guest(SnapshotRepository snapshots, String name) throws Exception {
    return new SleepingGuest(module, snapshots, new ControllerId("benchmark", name), pages);
  }

  /** The figures of a snapshot that is not the guest's memory would be of no worth. */
  private static void requireWhole(SleepingGuest guest) throws Exception {
    long before = guest.sum();
    guest.suspend();
    guest.forget();
    guest.resume();
    if (guest.sum() != before) {
      throw new IllegalStateException("the guest that was resumed is not the one suspended");
    }
  }
}
