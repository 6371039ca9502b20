package io.hiberlet.devcluster.control;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.api.PodBinding;
import io.hiberlet.devcluster.api.Timestamps;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.store.Change;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Binds pods to ready nodes by nodeSelector, taints and tolerations; among several nodes, to the
 * one with the fewest pods. Resources and affinity are not looked at.
 */
final class Scheduler implements Controller {
  private static final String NAME = "default-scheduler";

  private final ObjectStore store;

  Scheduler(ObjectStore store) {
    this.store = store;
  }

  @Override
  public boolean concerns(Change change) {
    return change.key().collection().equals("pods") || change.key().collection().equals("nodes");
  }

  @Override
  public void reconcile() {
    for (JsonObject pod : store.all("pods")) {
      if (isWaiting(pod)) {
        schedule(pod);
      }
    }
  }

  private static boolean isWaiting(JsonObject pod) {
    return Json.string(pod, "spec", "nodeName").isEmpty()
        && Json.string(pod, "spec", "schedulerName").equals(NAME)
        && Json.at(pod, "metadata", "deletionTimestamp") == null;
  }

  private void schedule(JsonObject pod) {
    String namespace = Json.string(pod, "metadata", "namespace");
    String name = Json.string(pod, "metadata", "name");
    ObjectKey key = new ObjectKey("pods", namespace, name);
    Optional<String> node = choose(pod);
    try {
      if (node.isPresent()) {
        PodBinding.bind(store, key, node.get());
        record(
            pod,
            "Normal",
            "Scheduled",
            "Successfully assigned %s/%s to %s".formatted(namespace, name, node.get()));
      } else {
        String why = obstacles(pod);
        if (markUnschedulable(key, why)) {
          record(pod, "Warning", "FailedScheduling", why);
        }
      }
    } catch (ApiException changedMeanwhile) {
      // It was bound or deleted by somebody else; that change is looked at next.
      return;
    }
  }

  private Optional<String> choose(JsonObject pod) {
    Collection<JsonObject> pods = store.all("pods");
    return store.all("nodes").stream()
        .filter(node -> NodeFit.obstacle(pod, node).isEmpty())
        .map(node -> Json.string(node, "metadata", "name"))
        .min(Comparator.comparingLong(node -> podsOn(node, pods)));
  }

  /** In the words of kube-scheduler: how many nodes there are, and what keeps how many of them. */
  private String obstacles(JsonObject pod) {
    Collection<JsonObject> nodes = store.all("nodes");
    String reasons =
        nodes.stream()
            .collect(
                Collectors.groupingBy(
                    node -> NodeFit.obstacle(pod, node), TreeMap::new, Collectors.counting()))
            .entrySet()
            .stream()
            .map(reason -> reason.getValue() + " " + reason.getKey())
            .collect(Collectors.joining(", "));
    return nodes.isEmpty()
        ? "no nodes available to schedule pods"
        : "0/%d nodes are available: %s.".formatted(nodes.size(), reasons);
  }

  private static long podsOn(String node, Collection<JsonObject> pods) {
    return pods.stream().filter(pod -> Json.string(pod, "spec", "nodeName").equals(node)).count();
  }

  /** Returns whether that is news. */
  private boolean markUnschedulable(ObjectKey key, String why) {
    JsonObject before = store.get(key);
    JsonObject after =
        store.write(
            key,
            pod -> {
              if (pod != null) {
                PodBinding.setScheduled(pod, "False", "Unschedulable", why);
              }
              return pod;
            },
            false);
    return after != null && !after.equals(before);
  }

  private void record(JsonObject pod, String type, String reason, String message) {
    JsonObject reference =
        Json.of(
            "kind", "Pod",
            "apiVersion", "v1",
            "namespace", Json.string(pod, "metadata", "namespace"),
            "name", Json.string(pod, "metadata", "name"),
            "uid", Json.string(pod, "metadata", "uid"));
    String namespace = Json.string(pod, "metadata", "namespace");
    String now = Timestamps.now();
    String uid = UUID.randomUUID().toString();
    String name = Json.string(pod, "metadata", "name") + "." + uid.substring(0, 8);
    JsonObject event =
        Json.of(
            "kind", "Event",
            "apiVersion", "v1",
            "metadata",
                Json.of("name", name, "namespace", namespace, "uid", uid, "creationTimestamp", now),
            "involvedObject", reference,
            "type", type,
            "reason", reason,
            "message", message,
            "source", Json.of("component", NAME),
            "reportingComponent", NAME,
            "firstTimestamp", now,
            "lastTimestamp", now,
            "count", 1);
    store.write(new ObjectKey("events", namespace, name), absent -> event, false);
  }
}
