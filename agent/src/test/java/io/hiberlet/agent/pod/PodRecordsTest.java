package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.PodKey;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.MemorySnapshotStore;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PodRecordsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  private final SnapshotStore store = new MemorySnapshotStore();
  private final PodRecords records = new PodRecords(store);

  @Test
  void whatIsSavedIsReadAgain() {
    Terminated ended = new Terminated(134, "Trapped", "unreachable", NOW, NOW.plusSeconds(1));
    PodRecord pod =
        PodRecord.of(new PodKey("default", "ring", "uid-1"))
            .with("a", new PodRecord.Container("sha256:aa", NOW, 2, ended, null))
            .with("b", new PodRecord.Container("sha256:bb", NOW, 0, null, null));
    records.save(pod);
    assertEquals(Optional.of(pod), records.load("uid-1"));
    assertEquals(List.of(pod), records.all());
  }

  @Test
  void aRecordThatCannotBeReadHarmsNoOther() {
    PodRecord good = PodRecord.of(new PodKey("default", "good", "uid-2"));
    records.save(good);
    for (String bad : List.of("{", "[]", "null", "{\"key\":{}}", "{\"containers\":{\"a\":1}}")) {
      put("uid-1", bad);
      assertEquals(Optional.empty(), records.load("uid-1"), bad);
      assertEquals(List.of(good), records.all(), bad);
    }
  }

  @Test
  void deletedIsGone() {
    records.save(PodRecord.of(new PodKey("default", "ring", "uid-1")));
    records.delete("uid-1");
    assertEquals(Optional.empty(), records.load("uid-1"));
  }

  private void put(String uid, String json) {
    store.write(
        List.of(
            new Change.Put(
                Table.PODS,
                uid.getBytes(StandardCharsets.UTF_8),
                json.getBytes(StandardCharsets.UTF_8))));
  }
}
