package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.hostio.OperationsState.Pending;
import io.hiberlet.agent.hostio.OperationsState.Request;
import io.hiberlet.agent.hostio.OperationsState.Timer;
import io.hiberlet.agent.hostio.OperationsState.Watch;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestState.Memory;
import io.hiberlet.agent.runtime.GuestState.Page;
import io.hiberlet.agent.runtime.OpenDescriptor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Snapshots drawn from a seed, and a text of all they hold, as records of arrays are not equal. */
final class Snapshots {

  private Snapshots() {}

  static ControllerSnapshot random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new ControllerSnapshot(
        "sha256:" + Long.toHexString(random.nextLong()),
        guest(random),
        operations(random),
        Instant.ofEpochSecond(random.nextLong(1L << 33), random.nextInt(1_000_000_000)));
  }

  static SnapshotHead head(long seed) {
    return head(random(seed));
  }

  static SnapshotHead head(ControllerSnapshot snapshot) {
    StoredPages.Builder pages = StoredPages.NONE.next();
    List<Memory> memories = snapshot.guest().memories();
    for (int memory = 0; memory < memories.size(); memory++) {
      pages.memory(memory, memories.get(memory).wasmPages() * 16);
      for (Page page : memories.get(memory).pages()) {
        pages.wrote(memory, page.index());
      }
    }
    return SnapshotHead.of("hiberlet:v1", snapshot, pages.build());
  }

  /** With nothing but memories and globals. */
  static ControllerSnapshot withoutTables(ControllerSnapshot snapshot) {
    GuestState guest = snapshot.guest();
    return new ControllerSnapshot(
        snapshot.moduleDigest(),
        new GuestState(
            guest.memories(),
            guest.globals(),
            List.of(),
            List.of(),
            List.of(),
            guest.monotonicNanos(),
            guest.capturedAt(),
            GuestSettings.NONE,
            List.of()),
        new OperationsState(snapshot.operations().nextId(), List.of()),
        snapshot.takenAt());
  }

  /** The same with a file open. */
  static ControllerSnapshot with(ControllerSnapshot snapshot, OpenDescriptor open) {
    GuestState guest = snapshot.guest();
    return new ControllerSnapshot(
        snapshot.moduleDigest(),
        new GuestState(
            guest.memories(),
            guest.globals(),
            guest.tables(),
            guest.droppedData(),
            guest.droppedElements(),
            guest.monotonicNanos(),
            guest.capturedAt(),
            guest.settings(),
            List.of(open)),
        snapshot.operations(),
        snapshot.takenAt());
  }

  private static GuestState guest(SplittableRandom random) {
    return new GuestState(
        memories(random),
        globals(random),
        tables(random),
        random.ints(random.nextInt(3), 0, 9).boxed().toList(),
        random.ints(random.nextInt(3), 0, 9).boxed().toList(),
        random.nextLong(),
        Instant.ofEpochSecond(random.nextLong(1L << 33)),
        settings(random),
        descriptors(random));
  }

  private static List<OpenDescriptor> descriptors(SplittableRandom random) {
    return random
        .ints(random.nextInt(3), 4, 64)
        .mapToObj(number -> descriptor(number, random))
        .toList();
  }

  private static OpenDescriptor descriptor(int number, SplittableRandom random) {
    return new OpenDescriptor(
        number,
        "/etc/" + number,
        random.nextLong(99),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextInt(32));
  }

  private static GuestSettings settings(SplittableRandom random) {
    Map<String, String> env = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      env.put("N" + random.nextInt(9), "ä".repeat(random.nextInt(30)));
    }
    return new GuestSettings(Collections.nCopies(random.nextInt(3), "an argument"), env);
  }

  private static List<Memory> memories(SplittableRandom random) {
    List<Memory> memories = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      int wasmPages = random.nextInt(4);
      List<Page> pages = new ArrayList<>();
      for (int index = 0; index < wasmPages * 16; index++) {
        if (random.nextInt(4) == 0) {
          pages.add(new Page(index, bytes(random, GuestState.PAGE_BYTES)));
        }
      }
      memories.add(new Memory(wasmPages, false, pages));
    }
    return memories;
  }

  private static long[] globals(SplittableRandom random) {
    return random.longs(random.nextInt(10)).toArray();
  }

  private static List<int[]> tables(SplittableRandom random) {
    List<int[]> tables = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      tables.add(random.ints(random.nextInt(20), -1, 1000).toArray());
    }
    return tables;
  }

  private static OperationsState operations(SplittableRandom random) {
    List<Pending> pending = new ArrayList<>();
    long id = 1;
    for (int i = random.nextInt(6); i > 0; i--) {
      id += random.nextInt(1, 5);
      pending.add(operation(random, id));
    }
    return new OperationsState(id + 1, pending);
  }

  private static Pending operation(SplittableRandom random, long id) {
    return switch (random.nextInt(3)) {
      case 0 -> new Timer(id, Instant.ofEpochSecond(random.nextLong(1L << 33), 5));
      case 1 -> new Request(id);
      default ->
          new Watch(
              id,
              bytes(random, random.nextInt(300)),
              random.nextInt(),
              random.nextBoolean() ? Integer.toString(random.nextInt(1000)) : null,
              random.nextBoolean());
    };
  }

  private static byte[] bytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Equal for equal snapshots. */
  static String text(ControllerSnapshot snapshot) {
    StringBuilder text = new StringBuilder();
    GuestState guest = snapshot.guest();
    text.append(snapshot.moduleDigest()).append(' ').append(snapshot.takenAt());
    text.append(' ').append(guest.monotonicNanos()).append(' ').append(guest.capturedAt());
    text.append(' ').append(guest.droppedData()).append(guest.droppedElements());
    text.append(' ').append(guest.settings().args()).append(guest.settings().env());
    text.append(' ').append(guest.descriptors());
    text.append("\nglobals ").append(Arrays.toString(guest.globals()));
    guest.tables().forEach(table -> text.append("\ntable ").append(Arrays.toString(table)));
    for (Memory memory : guest.memories()) {
      text.append("\nmemory ").append(memory.wasmPages());
      memory
          .pages()
          .forEach(
              page ->
                  text.append("\n  ").append(page.index()).append(' ').append(hex(page.bytes())));
    }
    return text.append('\n').append(text(snapshot.operations())).toString();
  }

  static String text(OperationsState operations) {
    StringBuilder text = new StringBuilder("next " + operations.nextId());
    for (Pending pending : operations.pending()) {
      text.append('\n').append(pending.id()).append(' ');
      text.append(
          pending instanceof Watch watch
              ? "watch %s %d %s %s"
                  .formatted(
                      hex(watch.message()),
                      watch.flags(),
                      watch.resourceVersion(),
                      watch.headRead())
              : pending.toString());
    }
    return text.toString();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
