package io.hiberlet.benchmarks.crowd;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.benchmarks.Machine;
import io.hiberlet.node.client.ApiServerAccess;
import io.kubernetes.client.openapi.apis.VersionApi;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run many-pods}: a real control plane, a real agent, many pods at once. */
@Command(
    name = "run many-pods",
    description =
        "Creates many pods at once on one node of a real control plane, and measures the time, the"
            + " requests, and the heap of the agent. The last line of the standard output is one"
            + " JSON object.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ManyPods implements Callable<Integer> {
  private static final String NODE = "crowded";
  private static final String USER = "system:node:" + NODE;

  /** Room for others than those that are measured, which are bound without a scheduler. */
  private static final int SPARE = 100;

  @Option(
      names = "--pods",
      paramLabel = "N",
      description = "Pods at once. Default: ${DEFAULT-VALUE}.",
      defaultValue = "500")
  private int pods;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      description =
          "Between the last pod's going to sleep and the idle time, and before heap and memory are"
              + " read. Default: ${DEFAULT-VALUE}.",
      defaultValue = "15")
  private int settleSeconds;

  @Option(
      names = "--idle",
      paramLabel = "SECONDS",
      description = "For how long requests are counted while all sleep. Default: ${DEFAULT-VALUE}.",
      defaultValue = "300")
  private int idleSeconds;

  @Option(names = "--root", required = true, paramLabel = "FOLDER", description = "The repository.")
  private Path root = Path.of("");

  @Option(
      names = "--folder",
      required = true,
      paramLabel = "FOLDER",
      description = "Where to write; keeps logs and data.")
  private Path folder = Path.of("");

  private final PrintStream out;

  /**
   * @param out takes the result
   */
  ManyPods(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ManyPods(System.out)).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path here = Files.createTempDirectory(Files.createDirectories(folder), "many-pods-");
    JsonObject result = new JsonObject();
    result.addProperty("benchmark", "many-pods");
    result.addProperty("takenAt", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    result.addProperty("commit", System.getProperty("hiberlet.commit", "unknown"));
    result.add("machine", Machine.describe(here));
    result.addProperty("pods", pods);
    try (AuditedCluster cluster = new AuditedCluster(root, here.resolve("control-plane"));
        ApiServerAccess admin = cluster.admin();
        NodeProcess node =
            new NodeProcess(root, here.resolve("node"), cluster, NODE, pods + SPARE)) {
      result.addProperty(
          "kubernetes", new VersionApi(admin.client()).getCode().execute().getGitVersion());
      ServingCertificate.approve(admin);
      measure(cluster, node, new Crowd(admin, NODE), result);
    }
    out.println(result);
    return 0;
  }

  /**
   * They come twice. The first time the agent has just started and compiles their module; what that
   * leaves behind for good is then on both sides of the difference that is the heap of a pod.
   */
  private void measure(AuditedCluster cluster, NodeProcess node, Crowd crowd, JsonObject result)
      throws Exception {
    crowd.prepare();
    JsonArray arrivals = new JsonArray();
    arrivals.add(arrival("first", cluster, crowd));
    crowd.delete();
    settle();
    final long heapBefore = node.liveHeapBytes();
    arrivals.add(arrival("again", cluster, crowd));
    result.add("arrivals", arrivals);
    result.add("idle", idle(cluster));
    long heap = node.liveHeapBytes();
    result.addProperty("heapBytesBefore", heapBefore);
    result.addProperty("heapBytes", heap);
    result.addProperty("heapBytesOfEach", (heap - heapBefore) / pods);
    settle();
    result.addProperty("residentBytes", node.residentBytes(false));
    result.addProperty("anonymousBytes", node.residentBytes(true));
  }

  private JsonObject arrival(String name, AuditedCluster cluster, Crowd crowd) throws Exception {
    System.err.printf("%d pods, %s%n", pods, name);
    final Instant begin = Instant.now();
    Crowd.Times times = crowd.create(pods);
    settle();
    JsonObject arrival = new JsonObject();
    arrival.addProperty("name", name);
    arrival.addProperty("acceptedMillis", times.accepted().toMillis());
    arrival.addProperty("runningMillis", times.running().toMillis());
    arrival.addProperty("asleepMillis", times.asleep().toMillis());
    arrival.add("requests", json(cluster.requests(USER, begin, Instant.now())));
    return arrival;
  }

  private JsonObject idle(AuditedCluster cluster) throws IOException, InterruptedException {
    System.err.printf("idle for %d s%n", idleSeconds);
    Instant begin = Instant.now();
    TimeUnit.SECONDS.sleep(idleSeconds);
    Map<String, Integer> requests =
        cluster.requests(USER, begin, begin.plus(Duration.ofSeconds(idleSeconds)));
    JsonObject idle = new JsonObject();
    idle.addProperty("seconds", idleSeconds);
    idle.add("requests", json(requests));
    return idle;
  }

  private void settle() throws InterruptedException {
    TimeUnit.SECONDS.sleep(settleSeconds);
  }

  private static JsonObject json(Map<String, Integer> counts) {
    JsonObject json = new JsonObject();
    counts.forEach(json::addProperty);
    return json;
  }
}
