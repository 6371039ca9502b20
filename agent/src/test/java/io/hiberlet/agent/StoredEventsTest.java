package io.hiberlet.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.event.EventBacklog.Kept;
import io.hiberlet.snapshot.MemorySnapshotStore;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredEventsTest {
  private final MemorySnapshotStore store = new MemorySnapshotStore();
  private final StoredEvents events = new StoredEvents(store);

  @Test
  void whatIsAddedIsThereInItsOrderUntilItIsRemoved() {
    List<Kept> kept = List.of(new Kept(9, "{}"), new Kept(10, "{\"reason\":\"Größe\"}"));
    events.add(kept.reversed());
    events.add(List.of(new Kept(300, "x")));
    events.remove(List.of(300L, 4711L));
    assertEquals(kept, new StoredEvents(store).load());
  }
}
