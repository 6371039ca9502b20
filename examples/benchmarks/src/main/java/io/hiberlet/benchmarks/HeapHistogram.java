package io.hiberlet.benchmarks;

import com.google.gson.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Bytes of live objects by class.
 *
 * @param bytes by the class's name
 */
record HeapHistogram(Map<String, Long> bytes) {
  /** A line of {@code jcmd GC.class_histogram}: rank, instances, bytes, class, module. */
  private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");

  HeapHistogram {
    bytes = Map.copyOf(bytes);
  }

  /** As it is now; collects first. */
  static HeapHistogram take() throws JMException {
    String text =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    Map<String, Long> bytes = new HashMap<>();
    text.lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(line -> bytes.merge(line.group(2), Long.valueOf(line.group(1)), Long::sum));
    return new HeapHistogram(bytes);
  }

  /** Bytes per object of something by class, the most first, those of at least one byte. */
  JsonObject since(HeapHistogram before, int objects) {
    Map<String, Long> grown =
        bytes.entrySet().stream()
            .map(
                entry ->
                    Map.entry(
                        entry.getKey(),
                        (entry.getValue() - before.bytes.getOrDefault(entry.getKey(), 0L))
                            / objects))
            .filter(entry -> entry.getValue() > 0)
            .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    JsonObject json = new JsonObject();
    grown.forEach(json::addProperty);
    return json;
  }
}
