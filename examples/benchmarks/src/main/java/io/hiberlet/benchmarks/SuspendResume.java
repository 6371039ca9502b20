package io.hiberlet.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.agent.runtime.GuestState;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run suspend-resume}: every figure in a fresh JVM, all of them in one JSON object. */
@Command(
    name = "run suspend-resume",
    description =
        "Measures suspend and resume by the size of the working set, and what a controller costs."
            + " The last line of the standard output is one JSON object.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class SuspendResume implements Callable<Integer> {
  private static final double PAGES_PER_MIB = (1 << 20) / (double) GuestState.PAGE_BYTES;
  private static final int HEAP_BASE_MIB = 256;
  private static final int HEAP_PER_WORKING_SET = 6;

  @Option(
      names = "--sizes",
      split = ",",
      paramLabel = "MIB",
      description = "Working sets. Default: ${DEFAULT-VALUE}.",
      defaultValue = "0.25,1,2,5,10,25,50,87")
  private List<Double> sizes = List.of();

  @Option(
      names = "--counts",
      split = ",",
      paramLabel = "N",
      description = "Controllers in one agent. Default: ${DEFAULT-VALUE}.",
      defaultValue = "100,1000,10000")
  private List<Integer> counts = List.of();

  @Option(
      names = "--controller-kib",
      paramLabel = "KIB",
      description =
          "Working set of each of them when hibernated; resident ones touch nothing. Default:"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "32")
  private int controllerKib;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "Controllers that come and go before them. Default: ${DEFAULT-VALUE}.",
      defaultValue = "2000")
  private int warmUp;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      description =
          "What the JVM is given to return memory before resident memory is read. Default:"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "3")
  private int settleSeconds;

  @Option(
      names = "--effort",
      paramLabel = "MIB",
      description =
          "What to write for one working set; there are 30 to 300 repetitions. Default:"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "1200")
  private int effortMib;

  @Option(
      names = "--folder",
      required = true,
      paramLabel = "FOLDER",
      description = "Where to write, on the disk to measure; made and removed.")
  private Path folder = Path.of("");

  private final PrintStream out;

  /**
   * @param out takes the result
   */
  SuspendResume(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SuspendResume(System.out)).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(folder);
    JsonObject result = new JsonObject();
    result.addProperty("benchmark", "suspend-resume");
    result.addProperty("takenAt", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    result.addProperty("commit", System.getProperty("hiberlet.commit", "unknown"));
    result.add("machine", Machine.describe(folder));
    result.add("jvmOptions", jvmOptions());
    result.add("workingSets", workingSets());
    result.add("populations", populations());
    delete(folder);
    out.println(result);
    return 0;
  }

  private JsonArray workingSets() throws Exception {
    JsonArray all = new JsonArray();
    for (double mib : sizes) {
      int pages = (int) Math.round(mib * PAGES_PER_MIB);
      int repetitions = (int) Math.clamp(effortMib / mib, 30, 300);
      System.err.printf("%s MiB, %d repetitions%n", mib, repetitions);
      delete(folder);
      JsonObject one =
          ChildJvm.run(
              WorkingSetRun.class,
              List.of("-Xmx%dm".formatted(HEAP_BASE_MIB + (int) (mib * HEAP_PER_WORKING_SET))),
              Stream.of(folder, pages, repetitions, repetitions).map(String::valueOf).toList());
      one.addProperty("mib", mib);
      all.add(one);
    }
    return all;
  }

  private JsonArray populations() throws Exception {
    JsonArray all = new JsonArray();
    for (String of : List.of("controllers", "pods")) {
      for (String state : List.of("hibernated", "resident")) {
        int kib = state.equals("resident") ? 0 : controllerKib;
        for (int count : counts) {
          System.err.printf("%d %s %s%n", count, state, of);
          delete(folder);
          all.add(
              ChildJvm.run(
                  PopulationRun.class,
                  List.of(),
                  Stream.of(folder, of, state, count, kib, warmUp, settleSeconds)
                      .map(String::valueOf)
                      .toList()));
        }
      }
    }
    return all;
  }

  private static JsonArray jvmOptions() {
    JsonArray options = new JsonArray();
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-D"))
        .forEach(options::add);
    return options;
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
