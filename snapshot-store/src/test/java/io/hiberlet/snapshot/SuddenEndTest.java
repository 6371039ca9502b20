package io.hiberlet.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another process writes, and ends without warning: it is killed, or the power goes and with it all
 * that was not synced. How often: {@code hiberlet.faults.kills} and {@code
 * hiberlet.faults.powerCuts}. To replay a failure, give the seed that it names as {@code
 * hiberlet.faults.seed}; the moment of the end is not part of it.
 */
@Tag("faults")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class SuddenEndTest {

  private static final int KILLS = Integer.getInteger("hiberlet.faults.kills", 3);
  private static final int POWER_CUTS = Integer.getInteger("hiberlet.faults.powerCuts", 4);
  private static final int LIES = 10;

  @TempDir Path parent;

  private Path folder;
  private long seed;
  private SplittableRandom random;
  private List<WorkloadModel> models;

  @BeforeEach
  void draw() throws IOException {
    parent = parent.toRealPath();
    folder = parent.resolve("store");
    seed = Long.getLong("hiberlet.faults.seed", new SplittableRandom().nextLong());
    random = new SplittableRandom(seed);
    models =
        IntStream.range(0, Victim.WRITERS)
            .mapToObj(writer -> new WorkloadModel(new Workload(seed, writer)))
            .toList();
  }

  @Test
  void whatWasAcknowledgedSurvivesKillsAndBatchesAreWhole() throws Exception {
    for (int kill = 1; kill <= KILLS; kill++) {
      long[] acknowledged = new VictimProcess(folder, seed, Map.of()).runAndKill(someBatches());
      check(acknowledged, "kill " + kill);
    }
  }

  @Test
  void whatWasAcknowledgedSurvivesPowerCutsAndBatchesAreWhole() throws Exception {
    Path library = compileLibrary();
    for (int cut = 1; cut <= POWER_CUTS; cut++) {
      check(writeUntilPowerCut(library, Map.of()), "power cut " + cut);
    }
  }

  /** Shows that the test above finds what is lost: here the log is never synced. */
  @Test
  void aDiskThatLiesIsFoundOut() throws Exception {
    Path library = compileLibrary();
    assertThrows(
        AssertionError.class,
        () -> {
          for (int cut = 1; cut <= LIES; cut++) {
            check(writeUntilPowerCut(library, Map.of("POWERCUT_LIES", ".log")), "lie " + cut);
          }
        });
  }

  @Test
  void aFolderThatAnotherProcessHoldsIsRefusedByName() throws Exception {
    Process writer = new VictimProcess(folder, seed, Map.of()).start();
    try (BufferedReader acknowledged = writer.inputReader()) {
      acknowledged.readLine();
      StoreException refused =
          assertThrows(StoreException.class, () -> RocksSnapshotStore.open(folder, Victim.OPTIONS));
      assertEquals(StoreException.Kind.LOCKED, refused.kind());
      assertEquals(
          folder + " is in use by another process; stop that one, or choose another folder",
          refused.getMessage());
    } finally {
      writer.destroyForcibly().waitFor();
    }
  }

  private int someBatches() {
    return random.nextInt(1, 300);
  }

  private void check(long[] acknowledged, String round) {
    String replay = "%s with -Dhiberlet.faults.seed=%d".formatted(round, seed);
    try (SnapshotStore store = RocksSnapshotStore.open(folder, Victim.OPTIONS)) {
      for (int writer = 0; writer < Victim.WRITERS; writer++) {
        models.get(writer).check(store, acknowledged[writer], replay);
      }
    } catch (StoreException e) {
      throw new AssertionError(replay, e);
    }
  }

  private long[] writeUntilPowerCut(Path library, Map<String, String> more) throws Exception {
    Path journal = parent.resolve("journal");
    Path graveyard = Files.createDirectories(parent.resolve("graveyard"));
    Map<String, String> environment = new HashMap<>(more);
    environment.put("LD_PRELOAD", library.toString());
    environment.put("POWERCUT_FOLDER", folder.toString());
    environment.put("POWERCUT_JOURNAL", journal.toString());
    environment.put("POWERCUT_GRAVEYARD", graveyard.toString());
    PowerCut.begin(folder, journal);
    long[] acknowledged = new VictimProcess(folder, seed, environment).runAndKill(someBatches());
    PowerCut.cut(folder, journal, graveyard, random);
    return acknowledged;
  }

  private Path compileLibrary() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "power cuts are simulated on Linux");
    Path library = parent.resolve("powercut.so");
    Path source = Path.of("src", "test", "native", "powercut.c").toAbsolutePath();
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  "gcc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString())
              .inheritIO()
              .start();
    } catch (IOException e) {
      assumeTrue(false, "power cuts are simulated by a library that needs gcc: " + e.getMessage());
      throw e;
    }
    assertEquals(0, compiler.waitFor(), "gcc");
    return library;
  }
}
