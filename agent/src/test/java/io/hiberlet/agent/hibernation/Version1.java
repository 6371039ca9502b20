package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestState.Memory;
import io.hiberlet.agent.runtime.GuestState.Page;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes snapshots as version 1 of the format had them, with nothing pending and no tables. */
final class Version1 {
  private static final int VERSION = 1;

  private Version1() {}

  static List<Change> changes(ControllerId id, ControllerSnapshot snapshot) {
    List<Change> changes = new ArrayList<>();
    List<Memory> memories = snapshot.guest().memories();
    for (int memory = 0; memory < memories.size(); memory++) {
      for (Page page : memories.get(memory).pages()) {
        byte[] key = SnapshotKeys.page(id, memory, page.index());
        changes.add(new Change.Put(Table.PAGES, key, page.bytes()));
      }
    }
    changes.add(new Change.Put(Table.SNAPSHOTS, SnapshotKeys.controller(id), head(snapshot)));
    return changes;
  }

  static byte[] head(ControllerSnapshot snapshot) {
    GuestState guest = snapshot.guest();
    OperationsState operations = snapshot.operations();
    SnapshotOutput out = new SnapshotOutput();
    out.u8(VERSION).text(snapshot.moduleDigest()).instant(snapshot.takenAt());
    out.i64(operations.nextId()).i32(0);
    out.i64(guest.monotonicNanos()).instant(guest.capturedAt());
    out.i32(guest.globals().length);
    for (long global : guest.globals()) {
      out.i64(global);
    }
    out.i32(0).i32(0).i32(0);
    out.i32(guest.memories().size());
    for (Memory memory : guest.memories()) {
      out.i32(memory.wasmPages()).i32(memory.pages().size());
      out.i32(PagesChecksum.of(memory.pages()));
    }
    CRC32C crc = new CRC32C();
    crc.update(out.toByteArray());
    return out.i32((int) crc.getValue()).toByteArray();
  }
}
