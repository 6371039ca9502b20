package io.hiberlet.benchmarks.crowd;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.client.KubeconfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A real control plane whose API server writes down what it is asked. Used by one thread. */
final class AuditedCluster implements AutoCloseable {
  private static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules: [{level: Metadata}]
      """;

  private final String script;
  private final Path folder;
  private final Path log;

  /**
   * Starts one; needs what {@code control-plane.sh} needs.
   *
   * @param root of the repository
   */
  AuditedCluster(Path root, Path folder) throws IOException {
    this.script = root.resolve("examples/dev-cluster/control-plane.sh").toString();
    this.folder = Files.createDirectories(folder);
    this.log = folder.resolve("audit.log");
    Path policy = Files.writeString(folder.resolve("audit-policy.yaml"), POLICY);
    String flags = "--audit-policy-file=%s --audit-log-path=%s".formatted(policy, log);
    Program.run(Map.of("API_SERVER_FLAGS", flags), List.of(script, "up", folder.toString()));
  }

  Path adminKubeconfig() {
    return folder.resolve("admin.kubeconfig");
  }

  ApiServerAccess admin() throws KubeconfigException {
    return ApiServerAccess.load(adminKubeconfig());
  }

  /**
   * What a user asked for in a time, by verb and resource; a watch counts when it begins.
   *
   * @param to exclusive
   */
  Map<String, Integer> requests(String user, Instant from, Instant to) throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    try (Stream<String> lines = Files.lines(log)) {
      lines
          .filter(line -> line.contains("\"" + user + "\"") && line.endsWith("}"))
          .map(line -> JsonParser.parseString(line).getAsJsonObject())
          .filter(event -> user.equals(event.getAsJsonObject("user").get("username").getAsString()))
          .filter(event -> isBetween(event, from, to))
          .filter(AuditedCluster::counts)
          .forEach(event -> counts.merge(kind(event), 1, Integer::sum));
    }
    return counts;
  }

  private static boolean isBetween(JsonObject event, Instant from, Instant to) {
    Instant at = Instant.parse(event.get("requestReceivedTimestamp").getAsString());
    return !at.isBefore(from) && at.isBefore(to);
  }

  private static boolean counts(JsonObject event) {
    boolean watch = event.get("verb").getAsString().equals("watch");
    return event.get("stage").getAsString().equals(watch ? "ResponseStarted" : "ResponseComplete");
  }

  private static String kind(JsonObject event) {
    JsonObject object = event.getAsJsonObject("objectRef");
    String resource =
        object == null || !object.has("resource") ? "" : object.get("resource").getAsString();
    return event.get("verb").getAsString()
        + " "
        + (object != null && object.has("subresource")
            ? resource + "/" + object.get("subresource").getAsString()
            : resource);
  }

  @Override
  public void close() {
    Program.run(Map.of(), List.of(script, "down", folder.toString()));
  }
}
