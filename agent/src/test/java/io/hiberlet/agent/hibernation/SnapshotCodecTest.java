package io.hiberlet.agent.hibernation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.hiberlet.agent.hibernation.SnapshotHead.PageFormat;
import io.hiberlet.agent.runtime.OpenDescriptor;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotCodecTest {
  private static final int NO_SETTINGS_BYTES = 3 * Integer.BYTES;

  @Test
  void decodesWhatItEncoded() throws Exception {
    for (long seed = 0; seed < 300; seed++) {
      SnapshotHead head = Snapshots.head(seed);
      byte[] bytes = SnapshotCodec.encode(head);
      SnapshotHead decoded = SnapshotCodec.decode(bytes);
      assertEquals(text(head), text(decoded), "seed " + seed);
      assertArrayEquals(bytes, SnapshotCodec.encode(decoded), "seed " + seed);
    }
  }

  @Test
  void takesTimesFromAllOfHistory() throws Exception {
    for (Instant time : List.of(Instant.MIN, Instant.EPOCH.minusNanos(1), Instant.MAX)) {
      ControllerSnapshot snapshot = Snapshots.random(1);
      SnapshotHead head =
          Snapshots.head(
              new ControllerSnapshot(
                  snapshot.moduleDigest(), snapshot.guest(), snapshot.operations(), time));
      assertEquals(time, SnapshotCodec.decode(SnapshotCodec.encode(head)).takenAt());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void refusesEveryTruncationAndEveryFlippedBit(long seed) {
    byte[] good = SnapshotCodec.encode(Snapshots.head(seed));
    for (int length = 0; length < good.length; length++) {
      assertCorrupt(Arrays.copyOf(good, length));
    }
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << (bit % 8));
      assertCorrupt(bad);
    }
    assertCorrupt(Arrays.copyOf(good, good.length + 1));
  }

  /** With a checksum that fits: a bug or malice wrote them, no disk. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void takesNoMoreMemoryThanHostileBytesAreWorth(long seed) throws Exception {
    byte[] good = SnapshotCodec.encode(Snapshots.head(seed));
    SplittableRandom random = new SplittableRandom(seed);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int round = 0; round < 5_000; round++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(5, good.length + 1));
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        bad[random.nextInt(bad.length - 4)] =
            (byte) (random.nextBoolean() ? 0xff : random.nextInt());
      }
      sign(bad);
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        SnapshotCodec.decode(bad);
      } catch (CorruptSnapshotException expected) {
        assertTrue(expected.getMessage() != null);
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < 64L << 10, "seed " + seed + ", round " + round + ": " + allocated);
    }
  }

  @Test
  void readsVersion1() throws Exception {
    ControllerSnapshot plain = Snapshots.withoutTables(Snapshots.random(1));
    SnapshotHead head = SnapshotCodec.decode(Version1.head(plain));
    assertEquals("hiberlet:v1", head.abi());
    assertEquals(new PageFormat.Contents(), head.pages());
    assertEquals(
        Snapshots.text(plain),
        Snapshots.text(head.toSnapshot(plain.guest().memories(), head.operations())));
  }

  /** It had no settings and no descriptors. */
  @Test
  void readsVersion2() throws Exception {
    SnapshotHead head = Snapshots.head(Snapshots.withoutTables(Snapshots.random(1)));
    byte[] newer = SnapshotCodec.encode(head);
    byte[] older = Arrays.copyOf(newer, newer.length - NO_SETTINGS_BYTES);
    int after = Integer.BYTES + Integer.BYTES + head.memories().size() * 16 + Integer.BYTES;
    System.arraycopy(newer, newer.length - after, older, older.length - after, after);
    older[0] = 2;
    sign(older);
    assertEquals(text(head), text(SnapshotCodec.decode(older)));
  }

  /** All its descriptors were read only, and it did not say so. */
  @Test
  void readsVersion3() throws Exception {
    ControllerSnapshot plain = Snapshots.withoutTables(Snapshots.random(1));
    var open = OpenDescriptor.readOnly(7, "/etc/x", 3);
    SnapshotHead head = Snapshots.head(Snapshots.with(plain, open));
    byte[] newer = SnapshotCodec.encode(head);
    byte[] older = Arrays.copyOf(newer, newer.length - Byte.BYTES - Integer.BYTES);
    int after = Integer.BYTES + Integer.BYTES + head.memories().size() * 16 + Integer.BYTES;
    System.arraycopy(newer, newer.length - after, older, older.length - after, after);
    older[0] = 3;
    sign(older);
    assertEquals(List.of(open), SnapshotCodec.decode(older).guest().descriptors());
    assertEquals(text(head), text(SnapshotCodec.decode(older)));
  }

  @Test
  void refusesAVersionThatItDoesNotKnow() {
    byte[] newer = SnapshotCodec.encode(Snapshots.head(1));
    newer[0] = 5;
    sign(newer);
    assertEquals(
        "the snapshot has version 5, this program reads up to 4",
        assertThrows(CorruptSnapshotException.class, () -> SnapshotCodec.decode(newer))
            .getMessage());
  }

  private static void sign(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(bytes.length - 4, (int) crc.getValue());
  }

  private static void assertCorrupt(byte[] bytes) {
    assertThrows(CorruptSnapshotException.class, () -> SnapshotCodec.decode(bytes));
  }

  private static String text(SnapshotHead head) {
    return Snapshots.text(head.toSnapshot(List.of(), head.operations())) + head.memories();
  }
}
