package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that keep what was quarantined. */
class QuarantineTest {

  private static final byte[] PREFIX = "a/".getBytes(UTF_8);
  private static final Set<Table> TABLES = Set.of(Table.SNAPSHOTS, Table.PAGES);

  @TempDir Path folder;
  private SnapshotStore store;

  @BeforeEach
  void open() {
    store = RocksSnapshotStore.open(folder, StoreOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aFileKeepsTheRecordsAsTheyWereAndTheReason() throws IOException {
    byte[] value = "secret of a guest".getBytes(UTF_8);
    store.write(List.of(new Change.Put(Table.SNAPSHOTS, PREFIX, value)));
    store.quarantine("ns_pod/main", TABLES, PREFIX, "does not match\nits checksum");
    Path file = files().getFirst();
    assertEquals("000000000001-ns_pod_main", file.getFileName().toString());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    String content = new String(Files.readAllBytes(file), ISO_8859_1);
    assertTrue(
        content.startsWith(
            "hiberlet quarantine 1\nname: ns_pod/main\nreason: does not match its checksum\n"),
        content);
    byte[] envelope = Envelopes.of(Table.SNAPSHOTS, PREFIX, value);
    assertTrue(content.contains("snapshots\2\0\0\0a/"), content);
    assertTrue(content.endsWith(new String(envelope, ISO_8859_1)), content);
  }

  @Test
  void theOldestFilesGoWhenThereAreTooMany() throws IOException {
    for (int i = 0; i < QuarantineFolder.MAX_FILES + 4; i++) {
      store.quarantine("name", TABLES, PREFIX, "reason " + i);
    }
    assertEquals(QuarantineFolder.MAX_FILES, files().size());
    assertTrue(Files.readString(files().getFirst()).contains("reason 4\n"));
    close();
    open();
    store.quarantine("name", TABLES, PREFIX, "reason");
    assertEquals(QuarantineFolder.MAX_FILES, files().size());
    assertEquals("000000000021-name", files().getLast().getFileName().toString());
  }

  @Test
  void theFilesTakeNoMoreThanTheirShare() throws IOException {
    for (int round = 0; round < 6; round++) {
      for (int megabyte = 0; megabyte < 18; megabyte++) {
        store.write(List.of(large(megabyte)));
      }
      store.write(List.of(new Change.Put(Table.SNAPSHOTS, PREFIX, PREFIX)));
      store.quarantine("large", TABLES, PREFIX, "reason");
    }
    long bytes = 0;
    for (Path file : files()) {
      assertTrue(Files.size(file) <= QuarantineFolder.MAX_FILE_BYTES);
      bytes += Files.size(file);
    }
    assertTrue(bytes <= QuarantineFolder.MAX_BYTES, bytes + " bytes");
    assertTrue(bytes > QuarantineFolder.MAX_BYTES / 2, bytes + " bytes");
  }

  @Test
  void noPlaceForTheFilesDoesNotStopIt() throws IOException {
    Files.writeString(folder.resolve("quarantine"), "in the way");
    store.write(List.of(new Change.Put(Table.SNAPSHOTS, PREFIX, PREFIX)));
    store.quarantine("name", TABLES, PREFIX, "reason");
    assertEquals(List.of(), store.keys(Table.SNAPSHOTS, PREFIX));
  }

  private static Change large(int number) {
    byte[] value = new byte[1 << 20];
    new SplittableRandom(number).nextBytes(value);
    return new Change.Put(Table.PAGES, ("a/" + number).getBytes(UTF_8), value);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("quarantine"))) {
      return new ArrayList<>(files.sorted().toList());
    }
  }
}
