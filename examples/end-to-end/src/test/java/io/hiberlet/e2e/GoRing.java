package io.hiberlet.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rings of operators in Go, which carry ConfigMaps. */
final class GoRing {
  static final String NAMESPACE = "ring-operator";

  private static final String MODULE = "go-ring.wasm";

  /**
   * How often a controller was woken and went to sleep, since its agent was started.
   *
   * @param snapshot what was written last
   * @param cpuTime of its guest, for a person
   */
  record Counts(long wakes, long hibernations, String snapshot, String cpuTime) {
    private static final Pattern TEXT =
        Pattern.compile(
            "Snapshot: +(.*) written last\\s+Since start: +(\\d+) wakes, (\\d+) hibernations.*\\s+"
                + "CPU time: +(.*)");

    static Counts of(String status) {
      Matcher text = TEXT.matcher(status);
      assertTrue(text.find(), status);
      return new Counts(
          Long.parseLong(text.group(2)),
          Long.parseLong(text.group(3)),
          text.group(1),
          text.group(4));
    }
  }

  private GoRing() {}

  /** Everything but the operators' pods. */
  static void install(Kubectl kubectl, NodeUnderTest node, Path module) throws IOException {
    Files.copy(module, node.modules().resolve(MODULE));
    kubectl.get("apply", "-f", Repository.file("examples/runtimeclass.yaml").toString());
    kubectl.get("apply", "-f", Ring.file("manifest/namespace.yaml"));
  }

  /**
   * A ring.
   *
   * @param idleAfter how long each stays in memory
   */
  static String manifest(int operators, String idleAfter) {
    return Ring.manifest(operators, Freight.CONFIG_MAP, List.of("file:" + MODULE))
        .replace(
            "hiberlet.io/idle-after: 2s",
            "hiberlet.io/timer-slack: 1h\n    hiberlet.io/idle-after: " + idleAfter)
        .replace("memory: 16Mi", "memory: 64Mi");
  }

  /** ConfigMaps of a namespace, each with a number. */
  static String configMaps(String namespace, int first, int count, int nonce) {
    return IntStream.range(first, first + count)
        .mapToObj(i -> Freight.CONFIG_MAP.manifest(namespace, "item-" + i, Integer.toString(nonce)))
        .collect(Collectors.joining("---\n"));
  }

  /** The numbers of a namespace's ConfigMaps, by name. */
  static Map<String, String> nonces(Kubectl kubectl, String namespace) {
    Map<String, String> nonces = new TreeMap<>();
    JsonObject list = json(kubectl.get("get", "configmaps", "-n", namespace, "-o", "json"));
    for (JsonElement each : list.getAsJsonArray("items")) {
      JsonObject item = each.getAsJsonObject();
      String name = item.getAsJsonObject("metadata").get("name").getAsString();
      if (name.startsWith("item-")) {
        nonces.put(name, item.getAsJsonObject("data").get("nonce").getAsString());
      }
    }
    return nonces;
  }

  /** How many operators sleep. */
  static long asleep(Kubectl kubectl) {
    String condition = "{.status.conditions[?(@.type=='hiberlet.io/Hibernated')].status}";
    String all = "jsonpath={range .items[*]}" + condition + "{\"\\n\"}{end}";
    return kubectl
        .get("get", "pod", "-n", NAMESPACE, "-o", all)
        .lines()
        .filter("True"::equals)
        .count();
  }

  /** What the agent says to a word about a pod. */
  static String agent(Kubectl kubectl, String pod, String word) {
    return kubectl.get("exec", "-n", NAMESPACE, pod, "--", "hiberlet", word);
  }

  /** What a pod takes of heap and disk, where the API server asks nodes on a loopback address. */
  static String usage(Kubectl kubectl, NodeUnderTest node, String pod) {
    String path = "/api/v1/nodes/" + node.name() + "/proxy/stats/summary";
    Command.Result summary = kubectl.run("get", "--raw", path);
    if (summary.exitCode() != 0) {
      return summary.stderr();
    }
    for (JsonElement each : json(summary.stdout()).getAsJsonArray("pods")) {
      JsonObject stats = each.getAsJsonObject();
      if (stats.getAsJsonObject("podRef").get("name").getAsString().equals(pod)) {
        return "%s: %,d bytes of heap, %,d of linear memory, %,d on the disk"
            .formatted(
                pod,
                stats.getAsJsonObject("memory").get("workingSetBytes").getAsLong(),
                stats.getAsJsonObject("memory").get("usageBytes").getAsLong(),
                stats.getAsJsonObject("ephemeral-storage").get("usedBytes").getAsLong());
      }
    }
    throw new AssertionError("nothing about " + pod + " in " + summary.stdout());
  }

  /** How those ended that were started again, and what they said. */
  static List<String> restarts(Kubectl kubectl) {
    List<String> restarts = new ArrayList<>();
    JsonObject list = json(kubectl.get("get", "pod", "-n", NAMESPACE, "-o", "json"));
    for (JsonElement each : list.getAsJsonArray("items")) {
      JsonObject pod = each.getAsJsonObject();
      String name = pod.getAsJsonObject("metadata").get("name").getAsString();
      JsonObject container =
          pod.getAsJsonObject("status")
              .getAsJsonArray("containerStatuses")
              .get(0)
              .getAsJsonObject();
      if (container.get("restartCount").getAsInt() > 0) {
        String log = kubectl.run("logs", "-n", NAMESPACE, name, "--previous").stdout();
        restarts.add(name + " " + container.get("lastState") + " " + log);
      }
    }
    return restarts;
  }

  private static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }
}
