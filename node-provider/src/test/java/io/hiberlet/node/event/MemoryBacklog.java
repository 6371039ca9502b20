package io.hiberlet.node.event;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** A disk of memory. */
final class MemoryBacklog implements EventBacklog {
  private final Map<Long, Kept> events = new ConcurrentSkipListMap<>();

  @Override
  public List<Kept> load() {
    return List.copyOf(events.values());
  }

  @Override
  public void add(List<Kept> added) {
    added.forEach(event -> events.put(event.number(), event));
  }

  @Override
  public void remove(Collection<Long> numbers) {
    events.keySet().removeAll(numbers);
  }
}
