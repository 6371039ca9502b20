package io.hiberlet.node.event;

import com.google.gson.JsonParseException;
import io.hiberlet.node.event.EventBacklog.Kept;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events that wait to be sent, in order, and which of them are on the disk. Any thread may
 * {@link #offer} and {@link #keep}; everything else is the sender's.
 */
final class PendingEvents {
  private static final Logger log = LoggerFactory.getLogger(PendingEvents.class);

  private final Queue<Occurrence> queue;
  private final EventBacklog backlog;

  /** The numbers of those at the queue's head that are on the disk. */
  private final Deque<Long> kept = new ArrayDeque<>(); // guarded by this

  private final List<Long> done = new ArrayList<>(); // guarded by this
  private long nextNumber; // guarded by this

  /** Begins with what an earlier process could not send. */
  PendingEvents(int most, EventBacklog backlog) {
    this.queue = new ArrayBlockingQueue<>(most);
    this.backlog = backlog;
    backlog.load().forEach(this::take);
  }

  private void take(Kept event) {
    nextNumber = event.number() + 1;
    try {
      if (queue.offer(Occurrence.parse(event.json()))) {
        kept.add(event.number());
        return;
      }
    } catch (JsonParseException | IllegalArgumentException e) {
      log.atWarn().addKeyValue("number", event.number()).setCause(e).log("Dropped a kept event");
    }
    done.add(event.number());
  }

  /** Says whether there was room. */
  boolean offer(Occurrence event) {
    return queue.offer(event);
  }

  /** The next one to send. */
  @Nullable Occurrence peek() {
    return queue.peek();
  }

  /** The next one was sent, or is not to be. */
  synchronized void remove() {
    queue.remove();
    if (!kept.isEmpty()) {
      done.add(kept.remove());
    }
  }

  /** Writes down what is not on the disk yet, and forgets there what was sent. */
  synchronized void keep() {
    try {
      forgetDone();
      List<Kept> events =
          queue.stream()
              .skip(kept.size())
              .map(event -> new Kept(nextNumber++, event.toJson()))
              .toList();
      if (!events.isEmpty()) {
        backlog.add(events);
        events.forEach(event -> kept.add(event.number()));
      }
    } catch (RuntimeException e) { // whatever it is, they stay in memory
      log.atWarn().setCause(e).log("Events that wait were not written down");
    }
  }

  /** Forgets on the disk what was sent. */
  synchronized void forgetDone() {
    if (!done.isEmpty()) {
      backlog.remove(done);
      done.clear();
    }
  }
}
