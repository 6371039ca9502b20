package io.hiberlet.agent.simulation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is true of one controller: the log that it watches, and what its numbers are after each
 * event of it ({@code src/test/wat/witness.wat}). Not thread-safe.
 */
final class Ledger {
  private static final int NUMBERS = 16;
  private static final Pattern REPORT =
      Pattern.compile("/ack/([0-9a-f]{16})/([0-9a-f]{16})/([0-9a-f]{16})/([012])");

  private record Event(long version, long previous, long data) {}

  private final long id;
  private final long beatMillis;
  private final List<Event> events = new ArrayList<>();
  private final List<long[]> numbers = new ArrayList<>();
  private final Map<Long, Integer> eventsUpTo = new HashMap<>();
  private final long firstPosition;
  private int acknowledged;
  private int reports;
  private int beats;

  /**
   * @param version that of the store when this log begins
   * @param beatMillis how often the controller is to report without a reason
   */
  Ledger(long id, long version, long beatMillis) {
    this.id = id;
    this.firstPosition = version;
    this.beatMillis = beatMillis;
    numbers.add(new long[NUMBERS]);
    eventsUpTo.put(version, 0);
  }

  void append(long version, long data) {
    events.add(new Event(version, position(events.size()), data));
    long[] after = numbers.getLast().clone();
    int slot = (int) (data & (NUMBERS - 1));
    after[slot] = Long.rotateLeft(after[slot] ^ data, 13) * 0x9e3779b97f4a7c15L + version;
    numbers.add(after);
    eventsUpTo.put(version, events.size());
  }

  int size() {
    return events.size();
  }

  /** How many events the controller has shown to have taken. */
  int acknowledged() {
    return acknowledged;
  }

  int reports() {
    return reports;
  }

  int beats() {
    return beats;
  }

  /** How many events are not newer than a version. */
  int sizeAt(long version) {
    int size = events.size();
    while (size > 0 && events.get(size - 1).version() > version) {
      size--;
    }
    return size;
  }

  /** The version of the last of the first events. */
  long versionAt(int size) {
    return position(size);
  }

  /** An event as a line of a watch. */
  String line(int index) {
    Event event = events.get(index);
    return "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"resourceVersion\":\"%s\"},\"prev\":\"%s\",\"data\":\"%s\"}}\n"
        .formatted(hex(event.version()), hex(event.previous()), hex(event.data()));
  }

  /**
   * What a list answers.
   *
   * @param size how many events it knows of
   * @param version that of the store at this moment
   */
  byte[] list(int size, long version) {
    ByteBuffer body =
        ByteBuffer.allocate((4 + NUMBERS) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    body.putLong(id).putLong(version).putLong(position(size)).putLong(beatMillis);
    Arrays.stream(numbers.get(size)).forEach(body::putLong);
    return body.array();
  }

  /**
   * Takes a controller's report.
   *
   * @param target of its request
   * @return what is wrong with it, null when nothing is
   */
  @Nullable String report(String target) {
    Matcher report = REPORT.matcher(target);
    if (!report.matches()) {
      return "a report that is none: " + target;
    }
    if (number(report.group(1)) != id) {
      return "controller %d reports as %s".formatted(id, report.group(1));
    }
    Integer size = eventsUpTo.get(number(report.group(2)));
    if (size == null) {
      return "controller %d reports a position that there is not: %s".formatted(id, target);
    }
    if (number(report.group(3)) != checksum(numbers.get(size))) {
      return "controller %d has numbers that are not those of its position: %s"
          .formatted(id, target);
    }
    acknowledged = Math.max(acknowledged, size);
    reports++;
    beats += report.group(4).equals("1") ? 1 : 0;
    return null;
  }

  private long position(int size) {
    return size == 0 ? firstPosition : events.get(size - 1).version();
  }

  private static long checksum(long[] numbers) {
    long sum = 0;
    for (long number : numbers) {
      sum = Long.rotateLeft((sum ^ number) * 0xff51afd7ed558ccdL, 17);
    }
    return sum;
  }

  static String bookmark(long version) {
    return "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"%s\"}}}\n"
        .formatted(hex(version));
  }

  static String gone() {
    return "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"metadata\":{},\"code\":410}}\n";
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(long number) {
    return "%016x".formatted(number);
  }

  static long number(String hex) {
    return Long.parseUnsignedLong(hex, 16);
  }
}
