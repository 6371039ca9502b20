package io.hiberlet.benchmarks;

import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.snapshot.RocksSnapshotStore;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A guest in a store of its own, suspended once; for benchmarks of what comes after. */
@State(Scope.Thread)
public class StoredGuest {
  private static final ControllerId ID = new ControllerId("benchmark", "controller");

  /** The working set. */
  @Param({"256", "1024", "10240"})
  public int kib;

  private Path folder;
  private SnapshotStore store;
  private SleepingGuest guest;

  @Setup(Level.Trial)
  public void open() throws Exception {
    folder = Files.createTempDirectory(Path.of(System.getProperty("hiberlet.folder")), "jmh");
    store = RocksSnapshotStore.open(folder.resolve("store"), StoreOptions.DEFAULT);
    guest =
        new SleepingGuest(
            WorkingSetModule.compile(),
            new SnapshotRepository(store),
            ID,
            (kib << 10) / GuestState.PAGE_BYTES);
    guest.suspend();
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    guest.close();
    store.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  SleepingGuest guest() {
    return guest;
  }
}
