package io.hiberlet.snapshot;

import static io.hiberlet.snapshot.StoreFiles.bytes;
import static io.hiberlet.snapshot.StoreFiles.copyFolder;
import static io.hiberlet.snapshot.StoreFiles.files;
import static io.hiberlet.snapshot.StoreFiles.flip;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparingLong;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.snapshot.StoreException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bits flip in the files of a closed store; then it is used again. */
class DamageTest {

  private static final int CONTROLLERS = 24;
  private static final int PAGES = 16;
  private static final byte[] COUNTER = "counter".getBytes(UTF_8);
  private static final StoreOptions SMALL =
      new StoreOptions(1 << 20, 1 << 20, 2 << 20, 2, 64, 1 << 30);

  @TempDir Path parent;
  private Path folder;
  private RocksSnapshotStore store;

  @BeforeEach
  void fill() {
    folder = parent.resolve("store");
    reopen();
    for (int controller = 0; controller < CONTROLLERS; controller++) {
      store.write(pages(controller, 0));
    }
    close();
    reopen(); // which writes the log to table files
    close();
  }

  @AfterEach
  void close() {
    if (store != null) {
      store.close();
      store = null;
    }
  }

  private void reopen() {
    close();
    store = RocksSnapshotStore.open(folder, SMALL);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.35, 0.65, 0.95})
  void aFlippedBitCostsOnlyTheRecordsInItsBlockEvenWhenCompactionMeetsIt(double where)
      throws IOException {
    Path table = largestTable();
    flip(table, (long) (table.toFile().length() * where));
    // A second link, so that no new file can be taken for the old one.
    Path damaged = Files.createLink(parent.resolve("damaged"), table);

    reopen();
    Set<Integer> lost = lost();
    assertTrue(!lost.isEmpty() && lost.size() <= 2, "lost " + lost);
    List<Integer> healthy = healthy(lost);
    for (int round = 1; holds(damaged); round++) {
      assertTrue(round < 50, "no compaction met the damage");
      writeAll(healthy, round);
      store.reclaim(); // which compacts
    }
    assertEquals(lost, lost());
    reopen();
    assertEquals(lost, lost());
    rescueAll(lost);
  }

  /** Not one so small that nothing healthy is left in it, which no compaction would look at. */
  private Path largestTable() throws IOException {
    return tableFiles().stream().max(comparingLong(file -> file.toFile().length())).orElseThrow();
  }

  private void writeAll(List<Integer> controllers, int version) {
    for (int controller : controllers) {
      store.write(pages(controller, version));
    }
  }

  /** Whether the file is still in the database. */
  private boolean holds(Path damaged) throws IOException {
    for (Path file : tableFiles()) {
      if (isSame(file, damaged)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSame(Path file, Path damaged) throws IOException {
    try {
      return Files.isSameFile(file, damaged);
    } catch (NoSuchFileException e) {
      return false; // just compacted away
    }
  }

  /** Quarantined, the damaged controllers can begin again, and their old records are kept. */
  private void rescueAll(Set<Integer> lost) throws IOException {
    for (int controller : lost) {
      store.quarantine(
          "controller-" + controller, Set.of(Table.PAGES), prefix(controller), "a bit flipped");
      assertEquals(List.of(), store.keys(Table.PAGES, prefix(controller)));
      store.write(pages(controller, 1));
    }
    assertEquals(Set.of(), lost());
    int kept = files(folder.resolve("quarantine")).size();
    assertEquals(Math.min(lost.size(), QuarantineFolder.MAX_FILES), kept);
  }

  @Test
  void theDamagedCanBeQuarantinedBeforeAnythingElseMeetsTheDamage() throws IOException {
    flip(largestTable(), 1000);
    reopen();
    Set<Integer> lost = lost();
    rescueAll(lost);
    reopen();
    assertEquals(Set.of(), lost());
  }

  @Test
  void keysAreListedButForThoseInACorruptBlock() throws IOException {
    flip(largestTable(), 1000);
    reopen();
    List<byte[]> keys = store.keys(Table.PAGES, new byte[0]);
    int all = CONTROLLERS * PAGES;
    assertTrue(keys.size() < all && keys.size() >= all - 8, keys.size() + " of " + all);
    for (byte[] key : keys) {
      assertTrue(store.read(Table.PAGES, key).isPresent());
    }
  }

  @Test
  void aRepairThatFailsKeepsNobodyFromWritingAndIsTriedAgain() throws IOException {
    Path table = largestTable();
    flip(table, 1000);
    Path damaged = Files.createLink(parent.resolve("damaged"), table);
    reopen();
    Path inTheWay = Files.writeString(folder.resolve("db.new"), "");
    List<Integer> healthy = healthy(lost());
    for (int round = 1; Files.exists(inTheWay); round++) {
      assertTrue(round < 50, "no repair was tried");
      store.reclaim(); // which compacts
      writeAll(healthy, round);
    }
    for (int round = 50; holds(damaged); round++) {
      assertTrue(round < 100, "no repair was tried again");
      store.reclaim();
      writeAll(healthy, round);
    }
    assertEquals(CONTROLLERS - healthy.size(), lost().size());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.998, 0.999, 0.9995, 0.9999})
  void aTableFileWhoseOwnIndexIsDamagedDoesNotKeepTheStoreFromGoingOn(double where)
      throws IOException {
    store = RocksSnapshotStore.open(folder, SMALL);
    store.write(List.of(new Change.Put(Table.PODS, key(0, 0), key(0, 0))));
    close();
    Path table = largestTable();
    flip(table, (long) (table.toFile().length() * where));
    reopen();
    assertArrayEquals(key(0, 0), store.read(Table.PODS, key(0, 0)).orElseThrow());
    rescueAll(lost());
    reopen();
    assertEquals(Set.of(), lost());
  }

  @ParameterizedTest
  @ValueSource(strings = {"MANIFEST", "CURRENT"})
  void aDatabaseThatLostItsCatalogueIsRefusedAndLeftAsItWas(String name) throws IOException {
    Path catalogue =
        files(folder.resolve("db")).stream()
            .filter(file -> file.getFileName().toString().startsWith(name))
            .findFirst()
            .orElseThrow();
    byte[] good = Files.readAllBytes(catalogue);
    assertRefusedUntouched(() -> flip(catalogue, good.length / 3));
    assertRefusedUntouched(() -> Files.write(catalogue, Arrays.copyOf(good, good.length / 2)));
    assertRefusedUntouched(() -> Files.write(catalogue, new byte[0]));
    assertRefusedUntouched(() -> Files.delete(catalogue));
    Files.write(catalogue, good);
    reopen();
    assertEquals(Set.of(), lost());
  }

  private void assertRefusedUntouched(Damage damage) throws IOException {
    damage.make();
    Map<String, Long> before = contents();
    StoreException refused = assertThrows(StoreException.class, this::reopen);
    assertEquals(Kind.CORRUPT, refused.kind(), refused.getMessage());
    assertTrue(refused.getMessage().contains(folder.toString()), refused.getMessage());
    assertEquals(before, contents());
  }

  @Test
  void aDatabaseThatLostATableFileIsRefusedAndLeftAsItWas() throws IOException {
    assertRefusedUntouched(() -> Files.delete(tableFiles().getFirst()));
  }

  /** The recovery then goes back to a point before which some tables have been flushed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aLogDamagedInTheMiddleLosesWhatCameLaterInAllTablesTogether(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    reopen();
    for (int number = 1; number <= 60; number++) {
      store.write(counting(number));
    }
    Path copy = parent.resolve("copy");
    copyAsACrashWould(copy);
    close();
    folder = copy;
    Path oldest = logs().getFirst();
    flip(oldest, random.nextLong(oldest.toFile().length() / 2));
    reopen();
    byte[] count = store.read(Table.PODS, COUNTER).orElse(new byte[1]);
    for (Table table : List.of(Table.SNAPSHOTS, Table.POSITIONS)) {
      assertArrayEquals(count, store.read(table, COUNTER).orElse(new byte[1]), "seed " + seed);
    }
    assertEquals(Set.of(), lost());
  }

  private static List<Change> counting(int number) {
    List<Change> changes = new ArrayList<>(pages(number % CONTROLLERS, number));
    for (Table table : List.of(Table.PODS, Table.SNAPSHOTS, Table.POSITIONS)) {
      changes.add(new Change.Put(table, COUNTER, new byte[] {(byte) number}));
    }
    return changes;
  }

  /** What a crash at one moment would leave behind. */
  private void copyAsACrashWould(Path copy) throws IOException {
    Map<String, Long> before;
    do {
      deleteAll(copy);
      before = contents();
      copyFolder(folder.resolve("db"), copy.resolve("db"));
    } while (!before.equals(contents()));
    Files.copy(folder.resolve("format"), copy.resolve("format"));
  }

  private static void deleteAll(Path folder) throws IOException {
    if (Files.exists(folder)) {
      for (Path file : files(folder.resolve("db"))) {
        Files.delete(file);
      }
    }
  }

  private List<Path> logs() throws IOException {
    return files(folder.resolve("db")).stream()
        .filter(file -> file.toString().endsWith(".log") && file.toFile().length() > 0)
        .toList();
  }

  /** A repair is cut short at each of its steps. */
  @ParameterizedTest
  @ValueSource(strings = {"copying", "copied", "moved away", "moved in"})
  void aRepairThatWasCutShortIsEndedOrBegunAgain(String step) throws IOException {
    Path db = folder.resolve("db");
    Path made = folder.resolve("db.new");
    Path damaged = folder.resolve("db.damaged");
    switch (step) {
      case "copying" -> Files.createDirectories(made.resolve("half"));
      case "copied" -> copyFolder(db, made);
      case "moved away" -> {
        copyFolder(db, made);
        Files.move(db, damaged);
      }
      default -> copyFolder(db, damaged);
    }
    reopen();
    assertEquals(Set.of(), lost());
    assertFalse(Files.exists(made) || Files.exists(damaged));
  }

  private static List<Integer> healthy(Set<Integer> lost) {
    return IntStream.range(0, CONTROLLERS).filter(each -> !lost.contains(each)).boxed().toList();
  }

  /** The controllers that are not whole. */
  private Set<Integer> lost() {
    Set<Integer> lost = new TreeSet<>();
    for (int controller = 0; controller < CONTROLLERS; controller++) {
      try {
        int[] pages = {0};
        store.scan(Table.PAGES, prefix(controller), (key, value) -> pages[0]++);
        if (pages[0] != PAGES) {
          lost.add(controller);
        }
      } catch (StoreException e) {
        assertEquals(Kind.CORRUPT, e.kind());
        lost.add(controller);
      }
    }
    return lost;
  }

  private static List<Change> pages(int controller, int version) {
    List<Change> changes = new ArrayList<>();
    for (int page = 0; page < PAGES; page++) {
      byte[] value = new byte[4096];
      new SplittableRandom(controller * 1000 + page * 10 + version).nextBytes(value);
      changes.add(new Change.Put(Table.PAGES, key(controller, page), value));
    }
    return changes;
  }

  private static byte[] prefix(int controller) {
    return "controller-%03d/".formatted(controller).getBytes(UTF_8);
  }

  private static byte[] key(int controller, int page) {
    byte[] prefix = prefix(controller);
    return ByteBuffer.allocate(prefix.length + 4).put(prefix).putInt(page).array();
  }

  private List<Path> tableFiles() throws IOException {
    return files(folder.resolve("db")).stream()
        .filter(file -> file.toString().endsWith(".sst"))
        .toList();
  }

  /** The checksum of each file that holds something of the database; RocksDB's own log does not. */
  private Map<String, Long> contents() throws IOException {
    Map<String, Long> contents = new TreeMap<>();
    for (Path file : files(folder.resolve("db"))) {
      String name = file.getFileName().toString();
      if (!name.startsWith("LOG") && !name.startsWith("LOCK")) {
        CRC32 sum = new CRC32();
        sum.update(bytes(file));
        contents.put(name, sum.getValue());
      }
    }
    return contents;
  }

  @FunctionalInterface
  private interface Damage {
    void make() throws IOException;
  }
}
