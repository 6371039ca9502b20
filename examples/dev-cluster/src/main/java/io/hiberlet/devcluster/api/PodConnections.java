package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Finds the kubelet behind a pod's log, exec, attach and portforward. Thread-safe. */
final class PodConnections {
  /** What a kubelet calls the streams that the API server's clients ask for. */
  private static final Map<String, String> STREAMS =
      Map.of("stdin", "input", "stdout", "output", "stderr", "error");

  private static final List<String> LOG_OPTIONS =
      List.of(
          "follow",
          "previous",
          "sinceSeconds",
          "sinceTime",
          "timestamps",
          "tailLines",
          "limitBytes");

  private final ObjectStore store;

  PodConnections(ObjectStore store) {
    this.store = store;
  }

  ApiResponse connect(ResourceRequest request) {
    JsonObject pod = store.get(request.key());
    String name = request.target().name();
    if (pod == null) {
      throw ApiException.notFound(request.type(), name);
    }
    String nodeName = Json.string(pod, "spec", "nodeName");
    if (nodeName.isEmpty()) {
      throw ApiException.badRequest("pod " + name + " does not have a host assigned");
    }
    String place = request.namespace() + "/" + name;
    return switch (request.target().subresource()) {
      case "log" ->
          kubelet(
              nodeName,
              "/containerLogs/" + place + "/" + container(request, pod) + logQuery(request.http()),
              false);
      case "portforward" -> kubelet(nodeName, "/portForward/" + place, true);
      default ->
          kubelet(
              nodeName,
              "/"
                  + request.target().subresource()
                  + "/"
                  + place
                  + "/"
                  + container(request, pod)
                  + streamQuery(request.http()),
              true);
    };
  }

  private static String container(ResourceRequest request, JsonObject pod) {
    String podName = request.target().name();
    String asked = request.http().parameter("container");
    List<String> names =
        Json.objects(pod, "spec", "containers").stream().map(c -> Json.string(c, "name")).toList();
    if (asked.isEmpty()) {
      if (names.size() > 1) {
        throw ApiException.badRequest(
            "a container name must be specified for pod %s, choose one of: %s"
                .formatted(podName, names));
      }
      return names.getFirst();
    }
    boolean initial =
        Json.objects(pod, "spec", "initContainers").stream()
            .anyMatch(c -> Json.string(c, "name").equals(asked));
    if (!initial && !names.contains(asked)) {
      throw ApiException.badRequest("container " + asked + " is not valid for pod " + podName);
    }
    return asked;
  }

  private ApiResponse.Kubelet kubelet(String nodeName, String target, boolean upgrade) {
    JsonObject node = store.get(new ObjectKey("nodes", "", nodeName));
    long port = Json.number(node, 0, "status", "daemonEndpoints", "kubeletEndpoint", "Port");
    String host =
        Json.objects(node, "status", "addresses").stream()
            .filter(address -> Json.string(address, "type").equals("InternalIP"))
            .map(address -> Json.string(address, "address"))
            .findFirst()
            .orElse("");
    if (port == 0 || host.isEmpty()) {
      throw ApiException.internal(
          "node " + nodeName + " does not say at which address its kubelet listens");
    }
    return new ApiResponse.Kubelet(host, (int) port, target, upgrade);
  }

  private static String logQuery(ApiRequest request) {
    StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
    for (String option : LOG_OPTIONS) {
      String value = request.parameter(option);
      if (!value.isEmpty()) {
        query.add(option + "=" + encode(value));
      }
    }
    return query.toString();
  }

  private static String streamQuery(ApiRequest request) {
    StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
    request.query().getOrDefault("command", List.of()).stream()
        .map(word -> "command=" + encode(word))
        .forEach(query::add);
    STREAMS.forEach(
        (ours, theirs) -> {
          if (request.flag(ours)) {
            query.add(theirs + "=1");
          }
        });
    if (request.flag("tty")) {
      query.add("tty=1");
    }
    return query.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
