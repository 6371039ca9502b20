package io.hiberlet.node.pod;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.watch.ListWatch;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Pod;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import okhttp3.Call;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pods bound to this node: keeps a {@link PodCache} as the API server tells it. */
final class PodSource implements ListWatch.Requests, ListWatch.Listener {
  private static final Logger log = LoggerFactory.getLogger(PodSource.class);

  /** Is told what may have changed. Must not block. */
  interface Listener {
    void changed(Set<PodKey> pods);

    /** The cache is complete for the first time. */
    void synced();
  }

  private final String selector;
  private final CoreV1Api api;
  private final PodCache cache;
  private final Listener listener;

  /** Owned by the thread that tells the news. */
  private boolean synced;

  PodSource(String node, ApiClient client, PodCache cache, Listener listener) {
    this.selector = "spec.nodeName=" + node;
    this.api = new CoreV1Api(client);
    this.cache = cache;
    this.listener = listener;
  }

  @Override
  public Call list() throws ApiException {
    return api.listPodForAllNamespaces().fieldSelector(selector).buildCall(null);
  }

  @Override
  public Call watch(String from, int seconds) throws ApiException {
    return api.listPodForAllNamespaces()
        .fieldSelector(selector)
        .resourceVersion(from)
        .allowWatchBookmarks(true)
        .timeoutSeconds(seconds)
        .watch(true)
        .buildCall(null);
  }

  @Override
  public void listed(List<JsonObject> all) {
    List<V1Pod> pods = all.stream().flatMap(item -> read(item).stream()).toList();
    listener.changed(cache.replace(pods));
    if (!synced) {
      synced = true;
      log.atInfo().addKeyValue("pods", pods.size()).log("Listed the pods of this node");
      listener.synced();
    }
  }

  @Override
  public void put(JsonObject object) {
    read(object).ifPresent(pod -> listener.changed(cache.put(pod)));
  }

  @Override
  public void removed(JsonObject object) {
    read(object).ifPresent(pod -> listener.changed(Set.of(cache.remove(pod))));
  }

  /** One pod that cannot be read must not hide the others. */
  private static Optional<V1Pod> read(JsonObject object) {
    try {
      return Optional.of(JSON.getGson().fromJson(object, V1Pod.class));
    } catch (JsonParseException | IllegalArgumentException e) {
      log.atError()
          .addKeyValue("metadata", object.get("metadata"))
          .setCause(e)
          .log("Cannot read this pod; it will not run");
      return Optional.empty();
    }
  }
}
