package io.hiberlet.node.event;

import java.util.Collection;
import java.util.List;

/**
 * Where events wait on the disk for an API server that is away. Used by one thread at a time; calls
 * may fail with unchecked exceptions, and then have done nothing.
 */
public interface EventBacklog {

  /** Keeps nothing. */
  EventBacklog NONE =
      new EventBacklog() {
        @Override
        public List<Kept> load() {
          return List.of();
        }

        @Override
        public void add(List<Kept> events) {}

        @Override
        public void remove(Collection<Long> numbers) {}
      };

  /**
   * An event.
   *
   * @param number grows with each event, never negative
   * @param json as this package writes it
   */
  record Kept(long number, String json) {}

  /** All that were added and not removed, by an earlier process even, by their numbers. */
  List<Kept> load();

  /** Keeps all of these, or none. */
  void add(List<Kept> events);

  /** Forgets these; one that is not there is no error. */
  void remove(Collection<Long> numbers);
}
