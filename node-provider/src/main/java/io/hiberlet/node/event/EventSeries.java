package io.hiberlet.node.event;

import com.google.gson.JsonObject;
import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.client.Patches;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.CoreV1Event;
import io.kubernetes.client.openapi.models.V1EventSource;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1ObjectReference;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;

/**
 * Writes core/v1 Events: the first of its kind is created, repetitions raise its count. Belongs to
 * one thread.
 */
final class EventSeries {
  private static final int MOST_REMEMBERED = 512;
  private static final String COMPONENT = "hiberlet";

  /** Everything that makes an event a repetition of another. */
  private record Kind(V1ObjectReference about, String type, String reason, String message) {}

  private record Sent(String name, int count) {}

  private final ApiClient client;
  private final CoreV1Api api;
  private final String node;
  private final Map<Kind, Sent> sent = new RecentlyUsed<>(MOST_REMEMBERED);

  EventSeries(ApiClient client, String node) {
    this.client = client;
    this.api = new CoreV1Api(client);
    this.node = node;
  }

  /** Sends one; to be tried again as a whole when it fails. */
  void send(Occurrence occurrence) throws ApiException {
    Kind kind =
        new Kind(occurrence.about(), occurrence.type(), occurrence.reason(), occurrence.message());
    Sent before = sent.get(kind);
    if (before == null || !raised(occurrence, before)) {
      sent.put(kind, new Sent(create(occurrence), 1));
    } else {
      sent.put(kind, new Sent(before.name(), before.count() + 1));
    }
  }

  private String create(Occurrence occurrence) throws ApiException {
    var time = occurrence.at().atOffset(ZoneOffset.UTC);
    String name = occurrence.about().getName() + "." + Long.toHexString(nanos(occurrence.at()));
    var event =
        new CoreV1Event()
            .metadata(new V1ObjectMeta().name(name).namespace(namespace(occurrence)))
            .involvedObject(occurrence.about())
            .type(occurrence.type())
            .reason(occurrence.reason())
            .message(occurrence.message())
            .count(1)
            .firstTimestamp(time)
            .lastTimestamp(time)
            .source(new V1EventSource().component(COMPONENT).host(node))
            .reportingComponent(COMPONENT)
            .reportingInstance(node);
    try {
      api.createNamespacedEvent(namespace(occurrence), event).execute();
    } catch (ApiException e) {
      if (!ApiErrors.isConflict(e)) {
        throw e;
      }
    }
    return name;
  }

  /** False when the event to raise has expired meanwhile. */
  private boolean raised(Occurrence occurrence, Sent before) throws ApiException {
    JsonObject patch = new JsonObject();
    patch.addProperty("count", before.count() + 1);
    patch.add("lastTimestamp", Patches.json(occurrence.at().atOffset(ZoneOffset.UTC)));
    try {
      Patches.strategicMerge(
          client,
          CoreV1Event.class,
          patch,
          p -> api.patchNamespacedEvent(before.name(), namespace(occurrence), p).buildCall(null));
      return true;
    } catch (ApiException e) {
      if (ApiErrors.isNotFound(e)) {
        return false;
      }
      throw e;
    }
  }

  private static String namespace(Occurrence occurrence) {
    return Objects.requireNonNullElse(occurrence.about().getNamespace(), "default");
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }
}
