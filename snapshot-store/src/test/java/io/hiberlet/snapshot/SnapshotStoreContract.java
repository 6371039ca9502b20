package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link SnapshotStore} does; each implementation is held to it. */
public abstract class SnapshotStoreContract {

  protected SnapshotStore store;

  /** A new, empty store. */
  protected abstract SnapshotStore open();

  @BeforeEach
  void openStore() {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void readsWhatWasWritten() {
    put("a", "1");
    assertEquals(Optional.of("1"), get("a"));
    assertEquals(Optional.empty(), get("b"));
  }

  @Test
  void keepsTablesApart() {
    put("a", "1");
    assertEquals(Optional.empty(), store.read(Table.PODS, bytes("a")));
  }

  @Test
  void theLastChangeOfAKeyInABatchWins() {
    put("x/1", "old");
    store.write(
        List.of(
            set("a", "1"),
            remove("a"),
            set("b", "1"),
            set("b", "2"),
            new Change.DeletePrefix(Table.PAGES, bytes("x/")),
            set("x/2", "new")));
    assertEquals(Optional.empty(), get("a"));
    assertEquals(Optional.of("2"), get("b"));
    assertEquals(List.of("x/2"), keys("x/"));
  }

  @Test
  void deletingWhatIsNotThereIsFine() {
    store.write(List.of(remove("a"), new Change.DeletePrefix(Table.PAGES, bytes("a"))));
    assertEquals(List.of(), keys(""));
  }

  @Test
  void storesEmptyAndLargestValuesInOnePartAndInTwo() {
    byte[] largest = new byte[SnapshotStore.MAX_VALUE_BYTES];
    new SplittableRandom(1).nextBytes(largest);
    byte[] longestKey = new byte[SnapshotStore.MAX_KEY_BYTES];
    Arrays.fill(longestKey, (byte) 0xff);
    byte[] one = Arrays.copyOf(largest, 7);
    byte[] other = Arrays.copyOfRange(largest, 7, largest.length);
    store.write(List.of(set("empty", ""), new Change.Put(Table.PAGES, longestKey, one, other)));
    assertEquals(Optional.of(""), get("empty"));
    assertArrayEquals(largest, store.read(Table.PAGES, longestKey).orElseThrow());
  }

  @Test
  void refusesWhatIsTooLargeAndChangesNothing() {
    byte[] longKey = new byte[SnapshotStore.MAX_KEY_BYTES + 1];
    byte[] largeValue = new byte[SnapshotStore.MAX_VALUE_BYTES + 1];
    for (Change bad :
        List.of(
            new Change.Put(Table.PAGES, longKey, bytes("1")),
            new Change.Put(Table.PAGES, bytes("b"), largeValue),
            new Change.Put(Table.PAGES, bytes("b"), new byte[2], largeValue),
            new Change.Delete(Table.PAGES, longKey),
            new Change.DeletePrefix(Table.PAGES, new byte[0]))) {
      assertThrows(IllegalArgumentException.class, () -> store.write(List.of(set("a", "1"), bad)));
    }
    assertEquals(List.of(), keys(""));
  }

  @Test
  void scansInTheOrderOfUnsignedBytes() {
    List<String> ordered = List.of("00", "0000", "007f", "0080", "00ff", "01", "7f", "80", "ffff");
    ordered.reversed().forEach(key -> store.write(List.of(setHex(key))));
    assertEquals(ordered, hexKeys(""));
    assertEquals(List.of("00", "0000", "007f", "0080", "00ff"), hexKeys("00"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "7f", "00ff", "ff", "ffff", "01ffff"})
  void aPrefixHoldsItsOwnKeysAndNoNeighbours(String prefix) {
    List<String> within = List.of(prefix, prefix + "00", prefix + "ff", prefix + "ffff");
    List<String> all = new ArrayList<>(List.of("000000", "0100", "8080", "fe", "fffe"));
    all.addAll(within);
    all.forEach(key -> store.write(List.of(setHex(key))));
    List<String> inside = all.stream().filter(key -> key.startsWith(prefix)).sorted().toList();
    List<String> outside = all.stream().filter(key -> !key.startsWith(prefix)).sorted().toList();

    assertEquals(inside, hexKeys(prefix));
    assertEquals(
        inside,
        store.keys(Table.PAGES, HexFormat.of().parseHex(prefix)).stream()
            .map(HexFormat.of()::formatHex)
            .toList());
    store.write(List.of(new Change.DeletePrefix(Table.PAGES, HexFormat.of().parseHex(prefix))));
    assertEquals(outside, hexKeys(""));
  }

  @Test
  void keepsNoArrayThatItWasHanded() {
    byte[] key = bytes("a");
    byte[] value = bytes("1");
    store.write(List.of(new Change.Put(Table.PAGES, key, value)));
    key[0] = 'z';
    value[0] = '9';
    assertEquals(Optional.of("1"), get("a"));
    store.read(Table.PAGES, bytes("a")).orElseThrow()[0] = '9';
    assertEquals(Optional.of("1"), get("a"));
  }

  @Test
  void aScanSeesTheStoreAsItWasWhenItBegan() throws Exception {
    put("a", "1");
    put("c", "1");
    List<String> seen = new ArrayList<>();
    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      store.scan(
          Table.PAGES,
          new byte[0],
          (key, value) -> {
            seen.add(text(bytes(key)) + "=" + text(bytes(value)));
            await(writer.submit(() -> store.write(List.of(set("b", "2"), set("c", "2")))));
          });
    }
    assertEquals(List.of("a=1", "c=1"), seen);
    assertEquals(Optional.of("2"), get("c"));
  }

  @Test
  void scansFromOneKeyToBeforeTheOther() {
    put("a", "1");
    put("b", "1");
    put("ba", "1");
    put("c", "1");
    List<String> seen = new ArrayList<>();
    store.scan(Table.PAGES, bytes("b"), bytes("c"), (key, value) -> seen.add(text(bytes(key))));
    assertEquals(List.of("b", "ba"), seen);
  }

  @Test
  void whatAVisitorThrowsComesOutOfTheScan() {
    put("a", "1");
    IllegalStateException thrown = new IllegalStateException("enough");
    assertEquals(
        thrown,
        assertThrows(
            IllegalStateException.class,
            () ->
                store.scan(
                    Table.PAGES,
                    new byte[0],
                    (key, value) -> {
                      throw thrown;
                    })));
  }

  @Test
  void whatAskingForAChangeThrowsComesOutOfTheWriteAndNothingIsWritten() {
    IllegalStateException thrown = new IllegalStateException("no more");
    Iterable<Change> failing =
        () ->
            Stream.of("a", "b")
                .map(
                    key -> {
                      if (key.equals("b")) {
                        throw thrown;
                      }
                      return set(key, "1");
                    })
                .iterator();
    assertEquals(thrown, assertThrows(IllegalStateException.class, () -> store.write(failing)));
    assertEquals(List.of(), keys(""));
  }

  @Test
  void quarantineTakesTheRecordsOfThePrefixOutOfTheTables() {
    put("a/1", "1");
    put("b/1", "1");
    store.write(List.of(new Change.Put(Table.PODS, bytes("a/1"), bytes("1"))));
    store.quarantine("a", Set.of(Table.PAGES, Table.SNAPSHOTS), bytes("a/"), "a test");
    assertEquals(List.of("b/1"), keys(""));
    assertEquals(1, store.keys(Table.PODS, new byte[0]).size());
    assertThrows(
        IllegalArgumentException.class,
        () -> store.quarantine("a", Set.of(Table.PAGES), new byte[0], "a test"));
  }

  @Test
  void usageGrowsWithWhatIsStored() {
    long before = store.usage();
    byte[] large = new byte[1 << 20];
    new SplittableRandom(1).nextBytes(large);
    store.write(List.of(new Change.Put(Table.PAGES, bytes("large"), large)));
    assertTrue(store.usage() >= before + large.length, "usage");
  }

  @Test
  void aClosedStoreSaysSo() {
    store.close();
    store.close();
    assertClosed(() -> put("a", "1"));
    assertClosed(() -> get("a"));
    assertClosed(() -> keys(""));
    assertClosed(() -> store.keys(Table.PAGES, new byte[0]));
  }

  @Test
  void closingWhileOthersCallLetsThemFinishOrTellsThem() throws Exception {
    put("a", "1");
    int threads = 4;
    CountDownLatch running = new CountDownLatch(threads);
    try (ExecutorService callers = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        String key = "k" + i;
        calls.add(callers.submit(() -> callUntilClosed(key, running)));
      }
      running.await();
      store.close();
      for (Future<?> call : calls) {
        call.get(10, TimeUnit.SECONDS);
      }
    }
  }

  private void callUntilClosed(String key, CountDownLatch running) {
    boolean first = true;
    while (true) {
      try {
        put(key, "1");
        assertEquals(Optional.of("1"), get("a"));
        keys("");
      } catch (StoreException e) {
        assertEquals(StoreException.Kind.CLOSED, e.kind());
        return;
      }
      if (first) {
        running.countDown();
        first = false;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void agreesWithASortedMap(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TreeMap<String, String> model = new TreeMap<>();
    for (int round = 0; round < 60; round++) {
      List<Change> batch = new ArrayList<>();
      for (int i = random.nextInt(1, 8); i > 0; i--) {
        batch.add(randomChange(random, model));
      }
      store.write(batch);
      String prefix = hex(random, random.nextInt(2));
      assertEquals(
          model.keySet().stream().filter(key -> key.startsWith(prefix)).toList(),
          hexKeys(prefix),
          "seed " + seed + ", round " + round);
    }
  }

  private static Change randomChange(SplittableRandom random, Map<String, String> model) {
    String key = hex(random, random.nextInt(1, 4));
    byte[] stored = HexFormat.of().parseHex(key);
    return switch (random.nextInt(5)) {
      case 0 -> {
        model.remove(key);
        yield new Change.Delete(Table.PAGES, stored);
      }
      case 1 -> {
        model.keySet().removeIf(other -> other.startsWith(key));
        yield new Change.DeletePrefix(Table.PAGES, stored);
      }
      default -> {
        model.put(key, key);
        yield new Change.Put(Table.PAGES, stored, stored);
      }
    };
  }

  /** Few different bytes, so that keys meet. */
  private static String hex(SplittableRandom random, int length) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < length; i++) {
      hex.append(List.of("00", "01", "fe", "ff").get(random.nextInt(4)));
    }
    return hex.toString();
  }

  private void put(String key, String value) {
    store.write(List.of(set(key, value)));
  }

  private Optional<String> get(String key) {
    return store.read(Table.PAGES, bytes(key)).map(SnapshotStoreContract::text);
  }

  private List<String> keys(String prefix) {
    List<String> keys = new ArrayList<>();
    store.scan(Table.PAGES, bytes(prefix), (key, value) -> keys.add(text(bytes(key))));
    return keys;
  }

  private List<String> hexKeys(String prefix) {
    List<String> keys = new ArrayList<>();
    store.scan(
        Table.PAGES,
        HexFormat.of().parseHex(prefix),
        (key, value) -> {
          assertEquals(key, value);
          keys.add(HexFormat.of().formatHex(bytes(key)));
        });
    return keys;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static Change set(String key, String value) {
    return new Change.Put(Table.PAGES, bytes(key), bytes(value));
  }

  private static Change setHex(String key) {
    byte[] stored = HexFormat.of().parseHex(key);
    return new Change.Put(Table.PAGES, stored, stored);
  }

  private static Change remove(String key) {
    return new Change.Delete(Table.PAGES, bytes(key));
  }

  private static void assertClosed(Runnable call) {
    assertEquals(StoreException.Kind.CLOSED, assertThrows(StoreException.class, call::run).kind());
  }

  private static void await(Future<?> future) {
    try {
      future.get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
