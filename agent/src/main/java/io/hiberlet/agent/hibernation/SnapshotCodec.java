package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.hibernation.SnapshotHead.MemoryShape;
import io.hiberlet.agent.hibernation.SnapshotHead.PageFormat;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.hostio.OperationsState.Pending;
import io.hiberlet.agent.hostio.OperationsState.Request;
import io.hiberlet.agent.hostio.OperationsState.Timer;
import io.hiberlet.agent.hostio.OperationsState.Watch;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.OpenDescriptor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The head record of a snapshot as bytes; {@code docs/snapshot-format.md} draws it. All integers
 * are little-endian, the last four bytes are the CRC32C of all before. Decoding takes any bytes:
 * what is not a head record of a version known here is a {@link CorruptSnapshotException}.
 */
final class SnapshotCodec {

  /** Goes up with every change of the layout; older versions stay readable. */
  static final int VERSION = 4;

  /** Its heads name no ABI and no generation, and have a CRC32C for each memory. */
  private static final int VERSION_1 = 1;

  /** The first whose heads have the guest's settings and descriptors. */
  private static final int VERSION_3 = 3;

  /** The first whose descriptors say more than where they are: before, all were read only. */
  private static final int VERSION_4 = 4;

  /** There was no other when version 1 was written. */
  private static final String ABI_OF_VERSION_1 = "hiberlet:v1";

  private static final int CHECKSUM_BYTES = Integer.BYTES;
  private static final int MAX_WASM_PAGES = 65_536;
  private static final int PAGES_PER_WASM_PAGE = 16;

  private static final int TIMER = 1;
  private static final int REQUEST = 2;
  private static final int WATCH = 3;
  private static final int LEAST_OPERATION_BYTES = Byte.BYTES + Long.BYTES;

  private static final int READS = 1;
  private static final int WRITES = 2;

  private static final int WATCH_HEAD_READ = 1;
  private static final int WATCH_HAS_POSITION = 2;

  private SnapshotCodec() {}

  static byte[] encode(SnapshotHead head) {
    SnapshotOutput out = new SnapshotOutput();
    out.u8(VERSION).text(head.abi()).text(head.moduleDigest()).instant(head.takenAt());
    encodeOperations(out, head.operations());
    encodeGuest(out, head.guest());
    if (!(head.pages() instanceof PageFormat.Generations(int last))) {
      throw new IllegalArgumentException("snapshots of version 1 are read, not written");
    }
    out.i32(last).i32(head.memories().size());
    for (MemoryShape memory : head.memories()) {
      out.i32(memory.wasmPages()).i32(memory.storedPages()).i64(memory.tie());
    }
    byte[] body = out.toByteArray();
    return out.i32(checksum(body, body.length)).toByteArray();
  }

  private static void encodeGuest(SnapshotOutput out, GuestState guest) {
    out.i64(guest.monotonicNanos()).instant(guest.capturedAt());
    out.i32(guest.globals().length);
    for (long global : guest.globals()) {
      out.i64(global);
    }
    out.i32(guest.tables().size());
    for (int[] table : guest.tables()) {
      encodeInts(out, table);
    }
    encodeInts(out, toInts(guest.droppedData()));
    encodeInts(out, toInts(guest.droppedElements()));
    encodeSettings(out, guest.settings());
    out.i32(guest.descriptors().size());
    for (OpenDescriptor each : guest.descriptors()) {
      int bits = (each.reads() ? READS : 0) | (each.writes() ? WRITES : 0);
      out.i32(each.number()).text(each.path()).i64(each.offset()).u8(bits).i32(each.flags());
    }
  }

  private static void encodeSettings(SnapshotOutput out, GuestSettings settings) {
    out.i32(settings.args().size());
    settings.args().forEach(out::text);
    out.i32(settings.env().size());
    settings.env().forEach((name, value) -> out.text(name).text(value));
  }

  private static void encodeInts(SnapshotOutput out, int[] values) {
    out.i32(values.length);
    for (int value : values) {
      out.i32(value);
    }
  }

  private static int[] toInts(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void encodeOperations(SnapshotOutput out, OperationsState operations) {
    out.i64(operations.nextId()).i32(operations.pending().size());
    for (Pending pending : operations.pending()) {
      switch (pending) {
        case Timer(long id, Instant due) -> out.u8(TIMER).i64(id).instant(due);
        case Request(long id) -> out.u8(REQUEST).i64(id);
        case Watch watch -> encodeWatch(out, watch);
      }
    }
  }

  private static void encodeWatch(SnapshotOutput out, Watch watch) {
    String position = watch.resourceVersion();
    int bits =
        (watch.headRead() ? WATCH_HEAD_READ : 0) | (position != null ? WATCH_HAS_POSITION : 0);
    out.u8(WATCH).i64(watch.id()).i32(watch.flags()).u8(bits);
    if (position != null) {
      out.text(position);
    }
    out.bytes(watch.message());
  }

  static SnapshotHead decode(byte[] bytes) throws CorruptSnapshotException {
    int length = bytes.length - CHECKSUM_BYTES;
    if (length < Byte.BYTES) {
      throw new CorruptSnapshotException("the snapshot is cut short");
    }
    if (new SnapshotInput(bytes, length, CHECKSUM_BYTES).i32() != checksum(bytes, length)) {
      throw new CorruptSnapshotException("the snapshot does not match its checksum");
    }
    return decodeBody(new SnapshotInput(bytes, 0, length));
  }

  private static SnapshotHead decodeBody(SnapshotInput in) throws CorruptSnapshotException {
    int version = in.u8();
    if (version < VERSION_1 || version > VERSION) {
      throw new CorruptSnapshotException(
          "the snapshot has version %d, this program reads up to %d".formatted(version, VERSION));
    }
    boolean first = version == VERSION_1;
    SnapshotHead head =
        new SnapshotHead(
            first ? ABI_OF_VERSION_1 : in.text(),
            in.text(),
            in.instant(),
            decodeOperations(in),
            decodeGuest(in, version),
            first ? new PageFormat.Contents() : new PageFormat.Generations(in.i32()),
            decodeMemories(in, first));
    in.requireEnd();
    return head;
  }

  private static OperationsState decodeOperations(SnapshotInput in)
      throws CorruptSnapshotException {
    long nextId = in.i64();
    int count = in.count(LEAST_OPERATION_BYTES);
    List<Pending> pending = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      pending.add(decodeOperation(in));
    }
    return new OperationsState(nextId, pending);
  }

  private static Pending decodeOperation(SnapshotInput in) throws CorruptSnapshotException {
    int kind = in.u8();
    long id = in.i64();
    return switch (kind) {
      case TIMER -> new Timer(id, in.instant());
      case REQUEST -> new Request(id);
      case WATCH -> decodeWatch(in, id);
      default ->
          throw new CorruptSnapshotException(
              "the snapshot holds an operation of the unknown kind " + kind);
    };
  }

  private static Watch decodeWatch(SnapshotInput in, long id) throws CorruptSnapshotException {
    int flags = in.i32();
    int bits = in.u8();
    @Nullable String position = (bits & WATCH_HAS_POSITION) != 0 ? in.text() : null;
    return new Watch(id, in.bytes(), flags, position, (bits & WATCH_HEAD_READ) != 0);
  }

  private static GuestState decodeGuest(SnapshotInput in, int version)
      throws CorruptSnapshotException {
    long monotonicNanos = in.i64();
    Instant capturedAt = in.instant();
    long[] globals = new long[in.count(Long.BYTES)];
    for (int i = 0; i < globals.length; i++) {
      globals[i] = in.i64();
    }
    int count = in.count(Integer.BYTES);
    List<int[]> tables = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tables.add(decodeInts(in));
    }
    List<Integer> droppedData = toList(decodeInts(in));
    List<Integer> droppedElements = toList(decodeInts(in));
    return new GuestState(
        List.of(),
        globals,
        tables,
        droppedData,
        droppedElements,
        monotonicNanos,
        capturedAt,
        version < VERSION_3 ? GuestSettings.NONE : decodeSettings(in),
        version < VERSION_3 ? List.of() : decodeDescriptors(in, version));
  }

  private static List<OpenDescriptor> decodeDescriptors(SnapshotInput in, int version)
      throws CorruptSnapshotException {
    int count = in.count(2 * Integer.BYTES + Long.BYTES);
    List<OpenDescriptor> descriptors = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      descriptors.add(decodeDescriptor(in, version));
    }
    return descriptors;
  }

  private static OpenDescriptor decodeDescriptor(SnapshotInput in, int version)
      throws CorruptSnapshotException {
    int number = in.i32();
    String path = in.text();
    long offset = in.i64();
    if (version < VERSION_4) {
      return OpenDescriptor.readOnly(number, path, offset);
    }
    int bits = in.u8();
    return new OpenDescriptor(
        number, path, offset, (bits & READS) != 0, (bits & WRITES) != 0, in.i32());
  }

  private static GuestSettings decodeSettings(SnapshotInput in) throws CorruptSnapshotException {
    int count = in.count(Integer.BYTES);
    List<String> args = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      args.add(in.text());
    }
    Map<String, String> env = new LinkedHashMap<>();
    for (int i = in.count(2 * Integer.BYTES); i > 0; i--) {
      env.put(in.text(), in.text());
    }
    return new GuestSettings(args, env);
  }

  private static int[] decodeInts(SnapshotInput in) throws CorruptSnapshotException {
    int[] values = new int[in.count(Integer.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.i32();
    }
    return values;
  }

  private static List<Integer> toList(int[] values) {
    return IntStream.of(values).boxed().toList();
  }

  private static List<MemoryShape> decodeMemories(SnapshotInput in, boolean first)
      throws CorruptSnapshotException {
    int count = in.count(3 * Integer.BYTES);
    List<MemoryShape> memories = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      MemoryShape memory = new MemoryShape(in.i32(), in.i32(), first ? in.i32() : in.i64());
      if (memory.wasmPages() < 0
          || memory.wasmPages() > MAX_WASM_PAGES
          || memory.storedPages() < 0
          || memory.storedPages() > memory.wasmPages() * PAGES_PER_WASM_PAGE) {
        throw new CorruptSnapshotException("the snapshot holds a memory of impossible size");
      }
      memories.add(memory);
    }
    return memories;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
