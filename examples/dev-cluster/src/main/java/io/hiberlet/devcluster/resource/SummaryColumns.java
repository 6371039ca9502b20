package io.hiberlet.devcluster.resource;

import static io.hiberlet.devcluster.resource.Column.AGE;
import static io.hiberlet.devcluster.resource.Column.at;
import static io.hiberlet.devcluster.resource.Column.path;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.hiberlet.devcluster.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Columns that sum an object up, where a path to one value does not do. */
final class SummaryColumns {
  private static final String ROLE_LABEL = "node-role.kubernetes.io/";

  static final Column[] POD = {
    text("Ready", SummaryColumns::readyContainers),
    text("Status", SummaryColumns::podStatus),
    new Column("Restarts", "integer", false, pod -> new JsonPrimitive(restarts(pod))),
    AGE,
    new Column("IP", "string", true, path(".status.podIP")),
    new Column("Node", "string", true, path(".spec.nodeName"))
  };

  static final Column[] NODE = {
    text("Status", SummaryColumns::nodeStatus),
    text("Roles", SummaryColumns::nodeRoles),
    AGE,
    at("Version", ".status.nodeInfo.kubeletVersion"),
    new Column(
        "Internal-IP",
        "string",
        true,
        path(".status.addresses[?(@.type==\"InternalIP\")].address")),
    new Column("OS-Image", "string", true, path(".status.nodeInfo.osImage")),
    new Column(
        "Container-Runtime", "string", true, path(".status.nodeInfo.containerRuntimeVersion"))
  };

  static final Column[] EVENT = {
    new Column("Last Seen", "date", false, path(".lastTimestamp")),
    at("Type", ".type"),
    at("Reason", ".reason"),
    text(
        "Object",
        event ->
            Json.string(event, "involvedObject", "kind").toLowerCase(Locale.ROOT)
                + "/"
                + Json.string(event, "involvedObject", "name")),
    at("Message", ".message")
  };

  static final Column[] CERTIFICATE_SIGNING_REQUEST = {
    AGE,
    at("SignerName", ".spec.signerName"),
    at("Requestor", ".spec.username"),
    text("Condition", SummaryColumns::requestCondition)
  };

  static final Column ROLE_REFERENCE =
      text(
          "Role",
          binding ->
              Json.string(binding, "roleRef", "kind")
                  + "/"
                  + Json.string(binding, "roleRef", "name"));

  private SummaryColumns() {}

  static Column count(String name, String... members) {
    return new Column(name, "integer", false, object -> new JsonPrimitive(size(object, members)));
  }

  private static int size(JsonObject object, String... members) {
    int size = 0;
    for (String member : members) {
      JsonElement value = Json.at(object, member);
      size += value == null ? 0 : value.isJsonArray() ? value.getAsJsonArray().size() : 0;
      size += Json.object(object, member).size();
    }
    return size;
  }

  private static Column text(String name, Function<JsonObject, String> value) {
    return new Column(name, "string", false, object -> new JsonPrimitive(value.apply(object)));
  }

  private static String readyContainers(JsonObject pod) {
    List<JsonObject> statuses = Json.objects(pod, "status", "containerStatuses");
    long ready = statuses.stream().filter(status -> Json.isTrue(status, "ready")).count();
    return ready + "/" + Json.objects(pod, "spec", "containers").size();
  }

  private static long restarts(JsonObject pod) {
    return Json.objects(pod, "status", "containerStatuses").stream()
        .mapToLong(status -> Json.number(status, 0, "restartCount"))
        .sum();
  }

  private static String podStatus(JsonObject pod) {
    if (Json.at(pod, "metadata", "deletionTimestamp") != null) {
      return "Terminating";
    }
    String status = Json.string(pod, "status", "phase");
    if (!Json.string(pod, "status", "reason").isEmpty()) {
      status = Json.string(pod, "status", "reason");
    }
    Optional<String> stage = initialization(pod);
    if (stage.isPresent()) {
      return stage.get();
    }
    for (JsonObject container : Json.objects(pod, "status", "containerStatuses")) {
      for (String state : List.of("waiting", "terminated")) {
        String reason = Json.string(container, "state", state, "reason");
        status = reason.isEmpty() ? status : reason;
      }
    }
    return status;
  }

  /** How far a pod has come whose containers have not begun; empty when it is past that. */
  private static Optional<String> initialization(JsonObject pod) {
    List<JsonObject> statuses = Json.objects(pod, "status", "initContainerStatuses");
    for (int i = 0; i < statuses.size() && !hasCondition(pod, "Initialized"); i++) {
      JsonObject state = Json.object(statuses.get(i), "state");
      boolean over = Json.number(state, 1, "terminated", "exitCode") == 0;
      boolean sidecar = isSidecar(pod, Json.string(statuses.get(i), "name"));
      if (!over && !(sidecar && Json.isTrue(statuses.get(i), "started"))) {
        String one = Json.string(state, "waiting", "reason");
        String reason = one.isEmpty() ? Json.string(state, "terminated", "reason") : one;
        return Optional.of(
            reason.isEmpty() || reason.equals("PodInitializing")
                ? "Init:%d/%d".formatted(i, statuses.size())
                : "Init:" + reason);
      }
    }
    return Optional.empty();
  }

  private static boolean isSidecar(JsonObject pod, String initContainer) {
    return Json.objects(pod, "spec", "initContainers").stream()
        .filter(container -> Json.string(container, "name").equals(initContainer))
        .anyMatch(container -> Json.string(container, "restartPolicy").equals("Always"));
  }

  private static String nodeStatus(JsonObject node) {
    boolean ready = hasCondition(node, "Ready");
    String cordoned = Json.isTrue(node, "spec", "unschedulable") ? ",SchedulingDisabled" : "";
    return (ready ? "Ready" : "NotReady") + cordoned;
  }

  private static boolean hasCondition(JsonObject object, String type) {
    return Json.objects(object, "status", "conditions").stream()
        .anyMatch(
            condition ->
                Json.string(condition, "type").equals(type)
                    && Json.string(condition, "status").equals("True"));
  }

  private static String nodeRoles(JsonObject node) {
    String roles =
        Json.object(node, "metadata", "labels").keySet().stream()
            .filter(label -> label.startsWith(ROLE_LABEL))
            .map(label -> label.substring(ROLE_LABEL.length()))
            .collect(Collectors.joining(","));
    return roles.isEmpty() ? "<none>" : roles;
  }

  private static String requestCondition(JsonObject request) {
    String conditions =
        Json.objects(request, "status", "conditions").stream()
            .map(condition -> Json.string(condition, "type"))
            .collect(Collectors.joining(","));
    String issued = Json.string(request, "status", "certificate").isEmpty() ? "" : ",Issued";
    return conditions.isEmpty() ? "Pending" : conditions + issued;
  }
}
