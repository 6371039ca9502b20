package io.hiberlet.benchmarks.report;

import io.hiberlet.benchmarks.report.LogLogPlot.Axis;
import io.hiberlet.benchmarks.report.LogLogPlot.Point;
import io.hiberlet.benchmarks.report.LogLogPlot.Series;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Suspend and resume by the size of the working set, beside the prototype's. */
final class SuspendResumePlot {
  private static final String BLUE = "stroke=\"#1b6ca8\" fill=\"#1b6ca8\"";
  private static final String RED = "stroke=\"#c2410c\" fill=\"#c2410c\"";
  private static final String DASHED = " stroke-dasharray=\"6 4\"";

  private SuspendResumePlot() {}

  static String svg(Runs runs, Prototype prototype) {
    List<Runs> sizes = runs.all("workingSets");
    return new LogLogPlot(
            "Suspend and resume, medians",
            new Axis(
                "working set, MiB",
                0.2,
                100,
                List.of(0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0)),
            new Axis("milliseconds", 0.05, 2000, List.of(0.1, 1.0, 10.0, 100.0, 1000.0)))
        .add(new Series("resume", BLUE, measured(sizes, "resume")))
        .add(new Series("suspend, 1% dirtied", RED, measured(sizes, "suspend1Percent")))
        .add(
            new Series(
                "suspend, all of it",
                RED + " stroke-dasharray=\"2 3\"",
                measured(sizes, "firstSuspend")))
        .add(
            new Series(
                "prototype: load",
                BLUE + DASHED,
                published(prototype, Prototype.Point::loadMillis)))
        .add(
            new Series(
                "prototype: unload",
                RED + DASHED,
                published(prototype, Prototype.Point::unloadMillis)))
        .toSvg();
  }

  private static List<Point> measured(List<Runs> sizes, String kind) {
    return sizes.stream()
        .map(size -> new Point(size.common("mib").getAsDouble(), size.at(kind).median("p50Millis")))
        .toList();
  }

  private static List<Point> published(
      Prototype prototype, ToDoubleFunction<Prototype.Point> millis) {
    return prototype.points().stream()
        .map(point -> new Point(point.mib(), millis.applyAsDouble(point)))
        .toList();
  }
}
