package io.hiberlet.node.api;

import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ListMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What can be read of the node as a whole, by path. Thread-safe; making a page may block. */
final class NodePages {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String JSON_TYPE = "application/json";
  private static final List<String> READ = List.of("GET", "HEAD");

  /** The kubelet lets statistics be asked for with a POST, too. */
  private static final List<String> ASK = List.of("GET", "HEAD", "POST");

  /**
   * A page.
   *
   * @param methods that read it
   */
  record Page(
      List<String> methods, String contentType, BiFunction<NodeContent, Query, String> text) {}

  private static final Map<String, Page> PAGES =
      Map.of(
          "healthz", new Page(READ, TEXT, (node, query) -> "ok"),
          "pods", new Page(READ, JSON_TYPE, (node, query) -> list(node.pods().list())),
          "runningpods", new Page(READ, JSON_TYPE, (node, query) -> list(node.stats().running())),
          "configz", new Page(READ, JSON_TYPE, (node, query) -> node.pages().configuration().get()),
          "stats/summary",
              new Page(
                  ASK,
                  JSON_TYPE,
                  (node, query) -> node.stats().summary(query.isTrue("only_cpu_and_memory"))),
          "metrics", new Page(READ, PROMETHEUS, (node, query) -> node.pages().metrics().get()),
          "metrics/resource",
              new Page(READ, PROMETHEUS, (node, query) -> node.stats().resourceMetrics()),
          "metrics/probes",
              new Page(READ, PROMETHEUS, (node, query) -> node.pages().probeMetrics().get()));

  private NodePages() {}

  /** The page at a path; null when there is none. */
  static @Nullable Page at(List<String> path) {
    return PAGES.get(String.join("/", path));
  }

  static Set<String> paths() {
    return PAGES.keySet();
  }

  private static String list(List<V1Pod> pods) {
    return JSON.serialize(
        new V1PodList().apiVersion("v1").kind("PodList").metadata(new V1ListMeta()).items(pods));
  }
}
