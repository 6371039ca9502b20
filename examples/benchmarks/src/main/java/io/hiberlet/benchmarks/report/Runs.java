package io.hiberlet.benchmarks.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Several runs of one benchmark: objects with the same members. A figure is the median over the
 * runs.
 */
record Runs(List<JsonObject> objects) {

  Runs {
    objects = List.copyOf(objects);
    if (objects.isEmpty()) {
      throw new IllegalArgumentException("there are no results");
    }
  }

  /** A member that is an object. */
  Runs at(String member) {
    return new Runs(objects.stream().map(object -> object.getAsJsonObject(member)).toList());
  }

  /** The elements of a member that is an array of objects. */
  List<Runs> all(String member) {
    int length = objects.getFirst().getAsJsonArray(member).size();
    return IntStream.range(0, length)
        .mapToObj(
            i ->
                new Runs(
                    objects.stream()
                        .map(object -> object.getAsJsonArray(member).get(i).getAsJsonObject())
                        .toList()))
        .toList();
  }

  /** The median of a member that is a number. */
  double median(String member) {
    double[] sorted =
        objects.stream().mapToDouble(object -> object.get(member).getAsDouble()).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** A member that all runs agree on. */
  JsonElement common(String member) {
    List<JsonElement> values =
        objects.stream().map(object -> object.get(member)).distinct().toList();
    if (values.size() != 1) {
      throw new IllegalArgumentException("%s differs between runs: %s".formatted(member, values));
    }
    return values.getFirst();
  }
}
