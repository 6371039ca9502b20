package io.hiberlet.node.status;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.client.Patches;
import io.hiberlet.node.task.RepeatedTask;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Node;
import io.kubernetes.client.openapi.models.V1NodeCondition;
import io.kubernetes.client.openapi.models.V1NodeStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the Node and keeps its status, with the kubelet's intervals: every ten seconds it looks
 * whether anything has changed on this machine, and if so tells the API server; every five minutes,
 * and when there is reason to, it compares with what the API server has, writes what differs, and
 * the heartbeats of the conditions. A Node that is gone is created again.
 *
 * <p>{@link #run} belongs to its task's thread; the other methods may be called by any.
 */
public final class NodeStatus implements RepeatedTask.Step {
  private static final Logger log = LoggerFactory.getLogger(NodeStatus.class);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);
  private static final String IMAGES = "images";
  private static final Duration HEARTBEAT_INTERVAL = Duration.ofMinutes(5);

  private final NodeObject wanted;
  private final NodeConditions conditions;
  private final ApiClient client;
  private final CoreV1Api api;
  private final Clock clock;
  private final CountDownLatch registered = new CountDownLatch(1);
  private final Queue<CountDownLatch> awaited = new ConcurrentLinkedQueue<>();
  private volatile Optional<String> uid = Optional.empty();
  private volatile boolean suspicious = true;
  private Instant lastHeartbeat = Instant.EPOCH;
  private JsonObject lastKept = new JsonObject();

  public NodeStatus(NodeObject wanted, NodeConditions conditions, ApiClient client, Clock clock) {
    this.wanted = wanted;
    this.conditions = conditions;
    this.client = client;
    this.api = new CoreV1Api(client);
    this.clock = clock;
  }

  /** The UID of the Node that exists, for what is to vanish with it. */
  public Optional<String> uid() {
    return uid;
  }

  /** Becomes zero when the API server has the Node and its first status. */
  public CountDownLatch registered() {
    return registered;
  }

  /** Becomes zero when a look that begins from now on has ended well. */
  public CountDownLatch nextLook() {
    CountDownLatch next = new CountDownLatch(1);
    awaited.add(next);
    return next;
  }

  /** The API server may have something else than was written; the next run looks. */
  public void suspect() {
    suspicious = true;
  }

  @Override
  public Duration run() throws ApiException {
    List<CountDownLatch> waiting = List.copyOf(awaited);
    if (suspicious || isHeartbeatDue() || !withoutTimes(status(List.of())).equals(lastKept)) {
      keep();
    }
    waiting.forEach(CountDownLatch::countDown);
    awaited.removeAll(waiting);
    return CHECK_INTERVAL;
  }

  private void keep() throws ApiException {
    boolean kept = false;
    suspicious = false; // before the look, as what is suspected meanwhile needs another
    try {
      V1Node node = readOrCreate();
      uid = Optional.of(node.getMetadata().getUid());
      keepLabels(node);
      keepStatus(node);
      kept = true;
    } finally {
      suspicious |= !kept;
    }
    registered.countDown();
  }

  private V1Node readOrCreate() throws ApiException {
    try {
      return api.readNode(wanted.name()).execute();
    } catch (ApiException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
    V1Node created = api.createNode(wanted.toCreate(conditions.at(now(), List.of()))).execute();
    lastHeartbeat = Instant.EPOCH; // as not all of a status is in what was created
    log.atInfo().addKeyValue("node", wanted.name()).log("Registered");
    return created;
  }

  private void keepLabels(V1Node node) throws ApiException {
    JsonObject metadata = NodeLabels.patch(node.getMetadata(), wanted.labels());
    if (!Patches.contains(Patches.json(node.getMetadata()), metadata)) {
      JsonObject patch = new JsonObject();
      patch.add("metadata", metadata);
      Patches.merge(
          client, V1Node.class, patch, p -> api.patchNode(wanted.name(), p).buildCall(null));
    }
  }

  private void keepStatus(V1Node node) throws ApiException {
    V1NodeStatus actual = node.getStatus() == null ? new V1NodeStatus() : node.getStatus();
    List<V1NodeCondition> before =
        actual.getConditions() == null ? List.of() : actual.getConditions();
    JsonObject status = status(before);
    JsonObject timeless = withoutTimes(status);
    if (isHeartbeatDue() || !isKept(json(actual), DeclaredFeatures.without(timeless))) {
      JsonObject patch = new JsonObject();
      patch.add("status", status);
      Patches.strategicMerge(
          client, V1Node.class, patch, p -> api.patchNodeStatus(wanted.name(), p).buildCall(null));
      lastHeartbeat = clock.instant();
    }
    lastKept = timeless;
  }

  private JsonObject status(List<V1NodeCondition> before) {
    JsonObject status = json(wanted.status(conditions.at(now(), before)));
    DeclaredFeatures.addTo(status);
    return status;
  }

  /** No images are an empty list: in a patch it takes away those that were there. */
  private static JsonObject json(V1NodeStatus status) {
    JsonObject json = Patches.json(status).getAsJsonObject();
    if (!json.has(IMAGES)) {
      json.add(IMAGES, new JsonArray());
    }
    return json;
  }

  /** Nobody else lists images, so what is there beside those that are wanted must go. */
  private static boolean isKept(JsonObject actual, JsonObject wanted) {
    return wanted.get(IMAGES).equals(actual.get(IMAGES)) && Patches.contains(actual, wanted);
  }

  /** Also when the clock was set back. */
  private boolean isHeartbeatDue() {
    Duration since = Duration.between(lastHeartbeat, clock.instant()).abs();
    return since.compareTo(HEARTBEAT_INTERVAL) >= 0;
  }

  /** Times change with every heartbeat and are no reason for one. */
  private static JsonObject withoutTimes(JsonObject status) {
    JsonObject copy = status.deepCopy();
    JsonArray copied = copy.getAsJsonArray("conditions");
    for (JsonElement condition : copied) {
      condition.getAsJsonObject().remove("lastHeartbeatTime");
      condition.getAsJsonObject().remove("lastTransitionTime");
    }
    return copy;
  }

  /** In UTC, because client-java writes the local time of any other zone as if it were UTC. */
  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
