package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.snapshot.StoreException.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;

class RocksSnapshotStoreTest extends SnapshotStoreContract {

  private static final byte[] KEY = "key".getBytes(UTF_8);

  @TempDir Path parent;

  private Path folder() {
    return parent.resolve("store");
  }

  @Override
  protected SnapshotStore open() {
    return RocksSnapshotStore.open(folder(), StoreOptions.DEFAULT);
  }

  @Test
  void whatWasWrittenIsThereAfterReopening() {
    write(0, value(1));
    write(1, value(2));
    write(2, value(3));
    reopen();
    assertEquals(3, count());
    store.write(List.of(new Change.DeletePrefix(Table.PAGES, KEY)));
    reopen();
    assertEquals(0, count());
  }

  @Test
  void onlyTheOwnerReadsTheFolder() throws IOException {
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())));
  }

  @Test
  void aFolderInUseIsRefusedByName() {
    StoreException refused = assertThrows(StoreException.class, this::open);
    assertEquals(Kind.LOCKED, refused.kind());
    assertEquals(
        folder() + " is in use by another process; stop that one, or choose another folder",
        refused.getMessage());
  }

  @Test
  void aFolderOfVersionOneIsMigratedAndKeepsItsRecords() throws IOException {
    write(0, value(1));
    store.close();
    Path format = folder().resolve("format");
    Files.writeString(format, "1\n");
    Files.writeString(folder().resolve("format.new"), "torn by a crash");
    store = open();
    assertEquals("3\n", Files.readString(format));
    assertArrayEquals(value(1), store.read(Table.PAGES, key(0)).orElseThrow());
    reopen();
    assertEquals(1, count());
  }

  @Test
  void aFolderOfVersionOneThatDoesNotOpenIsNotMigrated() throws IOException {
    store.close();
    Path format = folder().resolve("format");
    Files.writeString(format, "1\n");
    Path current = folder().resolve("db").resolve("CURRENT");
    byte[] good = Files.readAllBytes(current);
    Files.writeString(current, "MANIFEST-999999\n");
    assertEquals(Kind.CORRUPT, assertThrows(StoreException.class, this::open).kind());
    assertEquals("1\n", Files.readString(format));
    Files.write(current, good);
    store = open();
    assertEquals("3\n", Files.readString(format));
  }

  @Test
  void aFolderWhoseMakingWasCutShortIsMadeAnew() throws IOException {
    store.close();
    Path young = parent.resolve("young");
    Files.createDirectories(young);
    Files.writeString(young.resolve("format.new"), "");
    Files.writeString(young.resolve("lock"), "");
    RocksSnapshotStore.open(young, StoreOptions.DEFAULT).close();
    assertEquals("3\n", Files.readString(young.resolve("format")));
    // Its database was begun, and nothing was stored yet.
    Files.delete(young.resolve("db").resolve("CURRENT"));
    for (Path file : filesOf(young.resolve("db"))) {
      if (file.toString().endsWith(".log")) {
        Files.write(file, new byte[0]);
      }
    }
    RocksSnapshotStore.open(young, StoreOptions.DEFAULT).close();
  }

  @Test
  void aNewerFormatIsLeftUntouched() throws IOException {
    store.close();
    Files.writeString(folder().resolve("format"), "4\n");
    List<String> before = listing();
    StoreException refused = assertThrows(StoreException.class, this::open);
    assertEquals(Kind.NEWER_FORMAT, refused.kind());
    assertTrue(refused.getMessage().startsWith(folder().toString()), refused.getMessage());
    assertEquals(before, listing());
  }

  @Test
  void anUnreadableOrMissingFormatIsCorrupt() throws IOException {
    store.close();
    Files.writeString(folder().resolve("format"), "one");
    assertEquals(Kind.CORRUPT, assertThrows(StoreException.class, this::open).kind());
    Files.delete(folder().resolve("format"));
    assertEquals(Kind.CORRUPT, assertThrows(StoreException.class, this::open).kind());
  }

  @Test
  void aFolderThatCannotBeMadeIsAnIoError() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");
    StoreException refused =
        assertThrows(
            StoreException.class,
            () -> RocksSnapshotStore.open(file.resolve("store"), StoreOptions.DEFAULT));
    assertEquals(Kind.IO, refused.kind());
  }

  @Test
  void aTornLogLosesNoWholeBatch() throws IOException {
    write(0, value(1));
    write(1, value(2));
    store.close();
    Path log = newestLog();
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.setLength(file.length() - 7);
    }
    store = open();
    assertEquals(1, count());
    assertArrayEquals(value(1), store.read(Table.PAGES, key(0)).orElseThrow());
  }

  @Test
  void damageBelowOurEnvelopeIsFound() throws Exception {
    write(0, value(1));
    store.close();
    byte[] good = Envelopes.of(Table.PAGES, key(0), value(1));
    for (int bit = 0; bit < good.length * 8; bit += 5) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << (bit % 8));
      assertCorrupt(bad);
    }
    assertCorrupt(new byte[0]);
    assertCorrupt(Envelopes.of(Table.PAGES, key(1), value(1)));
    assertCorrupt(Envelopes.of(Table.PODS, key(0), value(1)));
  }

  private void assertCorrupt(byte[] bytes) throws Exception {
    plantInPages(key(0), bytes);
    store = open();
    assertEquals(
        Kind.CORRUPT,
        assertThrows(StoreException.class, () -> store.read(Table.PAGES, key(0))).kind());
    assertEquals(Kind.CORRUPT, assertThrows(StoreException.class, this::count).kind());
    assertArrayEquals(key(0), store.keys(Table.PAGES, new byte[0]).getFirst());
    store.close();
  }

  @Test
  void damageInATableFileIsFound() throws IOException {
    byte[] large = new byte[64 << 10];
    new SplittableRandom(1).nextBytes(large);
    write(0, large);
    reopen();
    store.close();
    Path table = files(".sst").getFirst();
    try (RandomAccessFile file = new RandomAccessFile(table.toFile(), "rw")) {
      file.seek(1000);
      int old = file.read();
      file.seek(1000);
      file.write(old ^ 1);
    }
    store = open();
    assertEquals(
        Kind.CORRUPT,
        assertThrows(StoreException.class, () -> store.read(Table.PAGES, key(0))).kind());
  }

  @Test
  void theLogAndTheFilesOfALongLifeStayBounded() throws IOException {
    store.close();
    store =
        RocksSnapshotStore.open(
            folder(), new StoreOptions(1 << 20, 1 << 20, 2 << 20, 2, 16, 1 << 30));
    byte[] large = new byte[256 << 10];
    for (int i = 0; i < 100; i++) {
      new SplittableRandom(i).nextBytes(large);
      write(i % 4, large);
    }
    assertFalse(size(files(".log")) > 4 << 20, "log of " + size(files(".log")));
    // Compaction has the lowest priority: on a busy machine it takes its time.
    await("compacted tables").until(() -> size(files(".sst")) <= 12 << 20);
  }

  /** Writes past the store, as a fault below it would. */
  private void plantInPages(byte[] key, byte[] bytes) throws Exception {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (RocksSettings settings = new RocksSettings(StoreOptions.DEFAULT)) {
      List<ColumnFamilyDescriptor> families = settings.families();
      try (RocksDB db =
          RocksDB.open(settings.database(), folder().resolve("db").toString(), families, handles)) {
        db.put(handles.get(1 + List.of(Table.values()).indexOf(Table.PAGES)), key, bytes);
        handles.forEach(ColumnFamilyHandle::close);
      }
    }
  }

  private void reopen() {
    store.close();
    store = open();
  }

  private void write(int number, byte[] value) {
    store.write(List.of(new Change.Put(Table.PAGES, key(number), value)));
  }

  private static byte[] key(int number) {
    return ("key" + number).getBytes(UTF_8);
  }

  private static byte[] value(int number) {
    return ("value" + number).getBytes(UTF_8);
  }

  private int count() {
    int[] entries = {0};
    store.scan(Table.PAGES, new byte[0], (key, value) -> entries[0]++);
    return entries[0];
  }

  private Path newestLog() throws IOException {
    return files(".log").getLast();
  }

  private List<Path> files(String suffix) throws IOException {
    return filesOf(folder().resolve("db")).stream()
        .filter(file -> file.toString().endsWith(suffix))
        .toList();
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static long size(List<Path> files) {
    return files.stream().mapToLong(file -> file.toFile().length()).sum();
  }

  private List<String> listing() throws IOException {
    try (Stream<Path> files = Files.walk(folder())) {
      return files
          .map(file -> file + " " + file.toFile().length() + " " + file.toFile().lastModified())
          .sorted()
          .toList();
    }
  }
}
