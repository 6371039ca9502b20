package io.hiberlet.benchmarks.report;

import static io.hiberlet.benchmarks.report.Table.bytes;
import static io.hiberlet.benchmarks.report.Table.number;

import java.util.Optional;

/** What the figures are to be on a machine of two processors, beside what they are. */
final class Goals {
  private static final double KIB = 1024;
  private static final double MIB = 1024 * KIB;

  /** Of memory that a fresh guest of the benchmark has written to. */
  private static final double TOUCHED_BYTES = 4 * KIB;

  private final Runs runs;
  private final Table table = new Table("", "goal", "measured", "reached");

  private Goals(Runs runs) {
    this.runs = runs;
  }

  static String table(Runs runs) {
    Goals goals = new Goals(runs);
    goals.millis("resume of 1 MiB, p50", 1, "resume", "p50Millis", 1);
    goals.millis("resume of 1 MiB, p99", 1, "resume", "p99Millis", 10);
    goals.millis("suspend of 1 MiB with 32 KiB dirtied, p50", 1, "suspend8Pages", "p50Millis", 0.5);
    goals.millis("suspend of 87 MiB with 1% dirtied, p50", 87, "suspend1Percent", "p50Millis", 10);
    goals.millis("resume of 87 MiB, p50", 87, "resume", "p50Millis", 60);
    goals.populations();
    return goals.table.toString();
  }

  private void millis(String what, double mib, String kind, String percentile, double most) {
    runs.all("workingSets").stream()
        .filter(size -> size.common("mib").getAsDouble() == mib)
        .mapToDouble(size -> size.at(kind).median(percentile))
        .findFirst()
        .ifPresent(
            measured ->
                row(what, number(most) + " ms", number(measured) + " ms", measured <= most));
  }

  /** From the growth of a small population to a large one: nothing that is there once is in it. */
  private void populations() {
    Optional<Runs> few = population("hibernated", 100);
    Optional<Runs> many = population("hibernated", 10_000);
    if (few.isPresent() && many.isPresent()) {
      double rss = growth(few.get(), many.get(), "residentBytes");
      row("RSS of 10,000 hibernated, more than that of 100", "10 MiB", bytes(rss), rss <= 10 * MIB);
      bytesOfEach("heap of a hibernated controller", few.get(), many.get(), KIB, 0);
    }
    few = population("resident", 100);
    many = population("resident", 10_000);
    if (few.isPresent() && many.isPresent()) {
      bytesOfEach(
          "heap of a fresh resident one, beyond touched pages",
          few.get(),
          many.get(),
          8 * KIB,
          TOUCHED_BYTES);
    }
  }

  private void bytesOfEach(String what, Runs few, Runs many, double most, double notCounted) {
    double controllers = many.common("count").getAsDouble() - few.common("count").getAsDouble();
    double measured = growth(few, many, "heapBytes") / controllers - notCounted;
    row(what, bytes(most), bytes(measured), measured <= most);
  }

  private static double growth(Runs few, Runs many, String member) {
    return many.median(member) - few.median(member);
  }

  private Optional<Runs> population(String state, int count) {
    return runs.all("populations").stream()
        .filter(one -> one.common("of").getAsString().equals("controllers"))
        .filter(one -> one.common("state").getAsString().equals(state))
        .filter(one -> one.common("count").getAsInt() == count)
        .findFirst();
  }

  private void row(String what, String goal, String measured, boolean reached) {
    table.row(what, "≤ " + goal, measured, reached ? "yes" : "**no**");
  }
}
