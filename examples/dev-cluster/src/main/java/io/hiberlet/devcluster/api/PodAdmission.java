package io.hiberlet.devcluster.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.resource.ResourceTypes;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;

/**
 * What a new pod gets: the defaults that a kubelet sees, its service account with the volume of its
 * token, and what its runtime class adds. Thread-safe.
 */
final class PodAdmission {
  private static final ResourceType PODS = ResourceTypes.builtIn("pods");
  private static final String TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";
  private static final long TOKEN_LIFETIME_SECONDS = 3607;
  private static final long TAINT_TOLERATION_SECONDS = 300;

  private final ObjectStore store;

  PodAdmission(ObjectStore store) {
    this.store = store;
  }

  void admit(JsonObject pod) {
    String name = Json.string(pod, "metadata", "name");
    JsonObject spec = Json.child(pod, "spec");
    if (Json.objects(spec, "containers").isEmpty()) {
      throw ApiException.invalid(PODS, name, "spec.containers", "Required value");
    }
    if (spec.has("affinity")) {
      throw ApiException.notImplemented("scheduling by affinity");
    }
    applyDefaults(spec);
    containers(spec).forEach(PodAdmission::applyContainerDefaults);
    if (!isMirror(pod)) {
      addServiceAccount(pod, spec);
    }
    addRuntimeClass(name, spec);
    tolerateForAWhile(spec, "node.kubernetes.io/not-ready");
    tolerateForAWhile(spec, "node.kubernetes.io/unreachable");
    pod.add("status", Json.of("phase", "Pending", "qosClass", qualityOfService(spec)));
  }

  private static void applyDefaults(JsonObject spec) {
    Json.putIfAbsent(spec, "restartPolicy", "Always");
    Json.putIfAbsent(spec, "terminationGracePeriodSeconds", 30);
    Json.putIfAbsent(spec, "dnsPolicy", "ClusterFirst");
    Json.putIfAbsent(spec, "schedulerName", "default-scheduler");
    Json.putIfAbsent(spec, "enableServiceLinks", true);
    Json.child(spec, "securityContext");
  }

  private static List<JsonObject> containers(JsonObject spec) {
    List<JsonObject> containers = new ArrayList<>(Json.objects(spec, "initContainers"));
    containers.addAll(Json.objects(spec, "containers"));
    return containers;
  }

  private static void applyContainerDefaults(JsonObject container) {
    String image = Json.string(container, "image");
    String tag = image.substring(image.lastIndexOf('/') + 1);
    boolean pinned = tag.contains("@") || (tag.contains(":") && !tag.endsWith(":latest"));
    Json.putIfAbsent(container, "imagePullPolicy", pinned ? "IfNotPresent" : "Always");
    Json.putIfAbsent(container, "terminationMessagePath", "/dev/termination-log");
    Json.putIfAbsent(container, "terminationMessagePolicy", "File");
    JsonObject limits = Json.object(container, "resources", "limits");
    if (!limits.isEmpty()) {
      JsonObject requests = Json.child(Json.child(container, "resources"), "requests");
      limits
          .entrySet()
          .forEach(limit -> Json.putIfAbsent(requests, limit.getKey(), limit.getValue()));
    }
    Json.child(container, "resources");
    Json.objects(container, "ports").forEach(port -> Json.putIfAbsent(port, "protocol", "TCP"));
  }

  /** It shows a pod that a node has from a file, and has no service account. */
  private static boolean isMirror(JsonObject pod) {
    return Json.object(pod, "metadata", "annotations").has("kubernetes.io/config.mirror");
  }

  private void addServiceAccount(JsonObject pod, JsonObject spec) {
    String namespace = Json.string(pod, "metadata", "namespace");
    Json.putIfAbsent(spec, "serviceAccountName", "default");
    String name = Json.string(spec, "serviceAccountName");
    spec.addProperty("serviceAccount", name);
    JsonObject account = store.get(new ObjectKey("serviceaccounts", namespace, name));
    if (account == null) {
      throw ApiException.forbidden(
          PODS,
          Json.string(pod, "metadata", "name"),
          "error looking up service account %s/%s: serviceaccount \"%s\" not found"
              .formatted(namespace, name, name));
    }
    JsonElement wish = Json.at(spec, "automountServiceAccountToken");
    boolean mounts =
        wish == null
            ? !Json.string(account, "automountServiceAccountToken").equals("false")
            : wish.getAsBoolean();
    if (mounts) {
      mountToken(spec);
    }
  }

  private static void mountToken(JsonObject spec) {
    String volume = "kube-api-access";
    boolean used = false;
    for (JsonObject container : containers(spec)) {
      boolean mounted =
          Json.objects(container, "volumeMounts").stream()
              .anyMatch(mount -> Json.string(mount, "mountPath").equals(TOKEN_FOLDER));
      if (!mounted) {
        Json.childArray(container, "volumeMounts")
            .add(Json.of("name", volume, "readOnly", true, "mountPath", TOKEN_FOLDER));
        used = true;
      }
    }
    if (used) {
      Json.childArray(spec, "volumes").add(Json.of("name", volume, "projected", tokenProjection()));
    }
  }

  private static JsonObject tokenProjection() {
    JsonObject token = Json.of("expirationSeconds", TOKEN_LIFETIME_SECONDS, "path", "token");
    JsonObject authority =
        Json.of(
            "name", "kube-root-ca.crt", "items", items(Json.of("key", "ca.crt", "path", "ca.crt")));
    JsonObject field = Json.of("apiVersion", "v1", "fieldPath", "metadata.namespace");
    JsonObject namespace = Json.of("items", items(Json.of("path", "namespace", "fieldRef", field)));
    List<JsonObject> sources =
        List.of(
            Json.of("serviceAccountToken", token),
            Json.of("configMap", authority),
            Json.of("downwardAPI", namespace));
    return Json.of("defaultMode", 420, "sources", Json.array(sources));
  }

  private static JsonArray items(JsonObject item) {
    return Json.array(List.of(item));
  }

  private void addRuntimeClass(String podName, JsonObject spec) {
    String name = Json.string(spec, "runtimeClassName");
    if (name.isEmpty()) {
      return;
    }
    JsonObject runtimeClass = store.get(new ObjectKey("runtimeclasses.node.k8s.io", "", name));
    if (runtimeClass == null) {
      throw ApiException.forbidden(
          PODS, podName, "pod rejected: RuntimeClass \"" + name + "\" not found");
    }
    JsonObject selector = Json.child(spec, "nodeSelector");
    for (var wanted : Json.object(runtimeClass, "scheduling", "nodeSelector").entrySet()) {
      JsonElement present = selector.get(wanted.getKey());
      if (present != null && !present.equals(wanted.getValue())) {
        throw ApiException.forbidden(
            PODS,
            podName,
            "conflict: runtimeClass.scheduling.nodeSelector[%s] = %s; pod.spec.nodeSelector[%s] = %s"
                .formatted(
                    wanted.getKey(),
                    wanted.getValue().getAsString(),
                    wanted.getKey(),
                    present.getAsString()));
      }
      selector.add(wanted.getKey(), wanted.getValue().deepCopy());
    }
    JsonArray tolerations = Json.childArray(spec, "tolerations");
    for (JsonObject toleration : Json.objects(runtimeClass, "scheduling", "tolerations")) {
      if (!tolerations.contains(toleration)) {
        tolerations.add(toleration.deepCopy());
      }
    }
    JsonElement overhead = Json.at(runtimeClass, "overhead", "podFixed");
    if (overhead != null) {
      spec.add("overhead", overhead.deepCopy());
    }
  }

  private static void tolerateForAWhile(JsonObject spec, String taint) {
    JsonArray tolerations = Json.childArray(spec, "tolerations");
    boolean tolerated =
        Json.objects(spec, "tolerations").stream()
            .anyMatch(t -> List.of("", taint).contains(Json.string(t, "key")));
    if (!tolerated) {
      tolerations.add(
          Json.of(
              "key",
              taint,
              "operator",
              "Exists",
              "effect",
              "NoExecute",
              "tolerationSeconds",
              TAINT_TOLERATION_SECONDS));
    }
  }

  /** By whether all limits are set, some resources are named, or none is. */
  private static String qualityOfService(JsonObject spec) {
    boolean any = false;
    boolean all = true;
    for (JsonObject container : containers(spec)) {
      JsonObject limits = Json.object(container, "resources", "limits");
      JsonObject requests = Json.object(container, "resources", "requests");
      any |= !limits.isEmpty() || !requests.isEmpty();
      all &= limits.has("cpu") && limits.has("memory");
      all &= requests.equals(limits);
    }
    return any ? all ? "Guaranteed" : "Burstable" : "BestEffort";
  }
}
