package io.hiberlet.benchmarks.crowd;

import com.google.gson.reflect.TypeToken;
import io.hiberlet.benchmarks.WasmResource;
import io.hiberlet.node.client.ApiServerAccess;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Node;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodCondition;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.util.Watch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;

/**
 * Pods of one controller each, which waits for a timer far away. They name a ConfigMap and a Secret
 * for their environment, and their module is in a ConfigMap. Used by one thread.
 */
final class Crowd {
  private static final String NAMESPACE = "default";
  private static final String NODE_READY = "Ready";
  private static final int CLIENTS = 16;
  private static final int PATIENCE_SECONDS = 600;
  private static final Duration POLL = Duration.ofMillis(200);

  private final ApiServerAccess access;
  private final CoreV1Api api;
  private final String node;

  /**
   * When, counted from before the first was created.
   *
   * @param accepted all were created
   * @param running all were seen running
   * @param asleep all were seen hibernated
   */
  record Times(Duration accepted, Duration running, Duration asleep) {}

  Crowd(ApiServerAccess admin, String node) {
    this.access = admin;
    this.api = new CoreV1Api(admin.client());
    this.node = node;
  }

  /** Waits for the node, and makes what the pods name. */
  void prepare() throws ApiException, InterruptedException {
    while (!isReady()) {
      Thread.sleep(POLL);
    }
    api.createNamespacedConfigMap(
            NAMESPACE,
            new V1ConfigMap()
                .metadata(new V1ObjectMeta().name("module"))
                .putBinaryDataItem("sleeper.wasm", WasmResource.bytes("working-set")))
        .execute();
    api.createNamespacedConfigMap(
            NAMESPACE,
            new V1ConfigMap()
                .metadata(new V1ObjectMeta().name("settings"))
                .putDataItem("COLOUR", "blue"))
        .execute();
    api.createNamespacedSecret(
            NAMESPACE,
            new V1Secret()
                .metadata(new V1ObjectMeta().name("hidden"))
                .putStringDataItem("password", "swordfish"))
        .execute();
  }

  private boolean isReady() throws ApiException {
    List<V1Node> nodes = api.listNode().fieldSelector("metadata.name=" + node).execute().getItems();
    return nodes.stream()
        .flatMap(each -> each.getStatus().getConditions().stream())
        .anyMatch(c -> c.getType().equals(NODE_READY) && c.getStatus().equals("True"));
  }

  /** Creates pods by several clients at once, and waits until all of them sleep. */
  Times create(int count) throws Exception {
    long startNanos = System.nanoTime();
    String version = api.listNamespacedPod(NAMESPACE).execute().getMetadata().getResourceVersion();
    createAll(count);
    return follow(version, count, startNanos);
  }

  private void createAll(int count) throws ExecutionException, InterruptedException {
    try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<V1Pod>> created = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = "pod-" + i;
        created.add(clients.submit(() -> api.createNamespacedPod(NAMESPACE, pod(name)).execute()));
      }
      for (Future<V1Pod> each : created) {
        each.get();
      }
    }
  }

  /** The last one cannot run before it is accepted, so that nothing is seen too late. */
  private Times follow(String version, int count, long startNanos)
      throws ApiException, IOException {
    Duration accepted = since(startNanos);
    Set<String> running = new HashSet<>();
    Set<String> asleep = new HashSet<>();
    Duration allRunning = Duration.ZERO;
    try (Watch<V1Pod> events = watch(version)) {
      while (asleep.size() < count) {
        V1Pod pod = events.next().object;
        String name = pod.getMetadata().getName();
        if ("Running".equals(pod.getStatus().getPhase())
            && running.add(name)
            && running.size() == count) {
          allRunning = since(startNanos);
        }
        if (isAsleep(pod)) {
          asleep.add(name);
        }
      }
    }
    return new Times(accepted, allRunning, since(startNanos));
  }

  private Watch<V1Pod> watch(String version) throws ApiException {
    Call call =
        api.listNamespacedPod(NAMESPACE)
            .resourceVersion(version)
            .timeoutSeconds(PATIENCE_SECONDS)
            .watch(true)
            .buildCall(null);
    call.timeout().timeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return Watch.createWatch(
        access.client(), call, new TypeToken<Watch.Response<V1Pod>>() {}.getType());
  }

  private static boolean isAsleep(V1Pod pod) {
    List<V1PodCondition> conditions = pod.getStatus().getConditions();
    return conditions != null
        && conditions.stream()
            .anyMatch(
                c -> c.getType().equals("hiberlet.io/Hibernated") && c.getStatus().equals("True"));
  }

  /** Deletes them all and waits until they are gone. */
  void delete() throws ApiException, InterruptedException {
    api.deleteCollectionNamespacedPod(NAMESPACE).execute();
    while (!api.listNamespacedPod(NAMESPACE).limit(1).execute().getItems().isEmpty()) {
      Thread.sleep(POLL);
    }
  }

  /** As a Deployment makes them, but bound to the node. */
  private V1Pod pod(String name) {
    V1Pod pod =
        JSON.deserialize(
            """
            {"metadata": {"name": "%s", "labels": {"app": "crowd", "pod-template-hash": "5d59d67564"},
               "annotations": {"hiberlet.io/controller": "v1",
                 "hiberlet.io/module": "configmap:module/sleeper.wasm"}},
             "spec": {"nodeName": "%s", "terminationGracePeriodSeconds": 1,
               "containers": [{"name": "controller", "image": "controller", "args": ["32"],
                 "resources": {"limits": {"memory": "1Mi"}},
                 "envFrom": [{"configMapRef": {"name": "settings"}}],
                 "env": [
                   {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                   {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "hidden", "key": "password"}}}]}],
               "volumes": [{"name": "module", "configMap": {"name": "module"}}]}}
            """
                .formatted(name, node),
            V1Pod.class);
    pod.getSpec().overhead(null); // client-java's models begin with empty maps
    return pod;
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
