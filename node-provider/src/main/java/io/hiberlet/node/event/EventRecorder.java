package io.hiberlet.node.event;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReporter.EventType;
import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.task.RepeatedTask;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.models.V1ObjectReference;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events in the background, in order, and keeps up to 1,000 while the API server is away, on
 * the disk too: a later process sends what this one could not. Recording never blocks: an event
 * that finds no room is dropped and counted. Repetitions raise the count of the event before, and
 * no object gets more than 25 at once or one every five minutes after that (the limits of
 * client-go). It is not client-java's recorder, whose queue is unbounded and which polls ten times
 * a second, gives up after ten tries, and does not escape messages.
 *
 * <p>All methods may be called by any thread.
 */
public final class EventRecorder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
  private static final int MOST_PENDING = 1000;

  /** The API server refuses longer ones. */
  private static final int LONGEST_MESSAGE = 1024;

  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

  private static final Duration UNTIL_WOKEN = Duration.ofHours(1);
  private static final int TOO_MANY_REQUESTS = 429;

  private final PendingEvents pending;
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicReference<Instant> latest = new AtomicReference<>(Instant.EPOCH);
  private final String node;
  private final Clock clock;
  private final EventSeries series;
  private final EventBudget budget;
  private final RepeatedTask sender;
  private final RepeatedTask keeper;

  /** The last try to send failed, and the sender waits before it looks at what is new. */
  private volatile boolean away;

  public EventRecorder(ApiClient client, String node, EventBacklog backlog, Clock clock) {
    this.pending = new PendingEvents(MOST_PENDING, backlog);
    this.node = node;
    this.clock = clock;
    this.series = new EventSeries(client, node);
    this.budget = new EventBudget();
    this.sender = new RepeatedTask("events", this::sendPending);
    this.keeper = new RepeatedTask("events on the disk", this::keepPending);
  }

  public void start() {
    sender.start();
    keeper.start();
  }

  /** An event of a pod. */
  public void record(PodKey pod, EventType type, String reason, String message) {
    var about =
        new V1ObjectReference()
            .apiVersion("v1")
            .kind("Pod")
            .namespace(pod.namespace())
            .name(pod.name())
            .uid(pod.uid());
    record(about, type, reason, message);
  }

  /** An event of this node, which by the kubelet's custom has its name for a UID. */
  public void recordOfNode(EventType type, String reason, String message) {
    record(new V1ObjectReference().kind("Node").name(node).uid(node), type, reason, message);
  }

  /** Stops sending; what is still pending is written down. */
  @Override
  public void close() {
    sender.close();
    keeper.close();
    pending.keep();
  }

  private void record(V1ObjectReference about, EventType type, String reason, String message) {
    Instant now = time();
    if (pending.offer(new Occurrence(about, type.value(), reason, shortened(message), now))) {
      sender.wake();
      if (away) {
        keeper.wake();
      }
    } else if (dropped.getAndIncrement() == 0) {
      log.atWarn().addKeyValue("limit", MOST_PENDING).log("Too many events wait; dropping some");
    }
  }

  /** Now, and never the same twice, however coarse the clock: an event is named after its time. */
  private Instant time() {
    Instant now = clock.instant();
    return latest.updateAndGet(
        last ->
            now.isAfter(last) || now.isBefore(last.minus(LONGEST_TICK)) ? now : last.plusNanos(1));
  }

  private Duration sendPending() throws ApiException {
    try {
      sendAll();
    } catch (ApiException e) {
      away = true;
      keeper.wake();
      throw e;
    }
    away = false;
    pending.forgetDone();
    tellDropped();
    return UNTIL_WOKEN;
  }

  /** It may take long, and nobody knows who ends this process meanwhile. */
  private Duration keepPending() {
    if (away) {
      pending.keep();
    }
    return UNTIL_WOKEN;
  }

  private void sendAll() throws ApiException {
    Occurrence next = pending.peek();
    while (next != null) {
      if (budget.allows(next)) {
        send(next);
      }
      budget.spend(next);
      pending.remove();
      next = pending.peek();
    }
  }

  private void tellDropped() {
    long lost = dropped.getAndSet(0);
    if (lost > 0) {
      log.atWarn().addKeyValue("dropped", lost).log("Events were lost");
    }
  }

  /** Fails only when trying again may help. */
  private void send(Occurrence occurrence) throws ApiException {
    try {
      series.send(occurrence);
    } catch (ApiException e) {
      boolean refused = e.getCode() >= 400 && e.getCode() < 500;
      if (!refused
          || e.getCode() == TOO_MANY_REQUESTS
          || e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
        throw e;
      }
      log.atWarn()
          .addKeyValue("reason", occurrence.reason())
          .addKeyValue("object", occurrence.about().getName())
          .addKeyValue("cause", ApiErrors.describe(e))
          .log("Event refused");
    }
  }

  private static String shortened(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, LONGEST_MESSAGE - 1) + "…";
  }
}
