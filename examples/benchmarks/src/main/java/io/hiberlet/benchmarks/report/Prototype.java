package io.hiberlet.benchmarks.report;

import com.google.gson.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The prototype's published figures. */
record Prototype(List<Point> points) {

  /** Sizes that differ by less stand side by side. */
  private static final double CLOSE = 1.25;

  /**
   * Medians at one size.
   *
   * @param mib memory of the instance
   */
  record Point(double mib, double loadMillis, double unloadMillis) {}

  Prototype {
    points = List.copyOf(points);
  }

  static Prototype of(JsonObject json) {
    return new Prototype(
        json.getAsJsonArray("points").asList().stream()
            .map(
                each -> {
                  JsonObject point = each.getAsJsonObject();
                  return new Point(
                      point.get("mib").getAsDouble(),
                      point.get("loadMillis").getAsDouble(),
                      point.get("unloadMillis").getAsDouble());
                })
            .toList());
  }

  /** The point of about a size. */
  Optional<Point> near(double mib) {
    return points.stream()
        .min(Comparator.comparingDouble(point -> distance(point, mib)))
        .filter(point -> distance(point, mib) < CLOSE);
  }

  private static double distance(Point point, double mib) {
    return Math.max(point.mib() / mib, mib / point.mib());
  }
}
