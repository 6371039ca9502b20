package io.hiberlet.node.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * One line of a log file, in the format of the Kubernetes container runtime interface:
 *
 * <pre>
 * 2026-11-21T00:00:00.000000000Z stdout F content\n
 * |-- 30 bytes, nanoseconds ---| stream F: the line ends here, P: it goes on in the next record
 * </pre>
 *
 * @param timestamp the time as it is written, RFC 3339 with nanoseconds
 * @param stream that it was written to
 * @param endsLine false for a part of a long line
 * @param content the bytes between the tag and the record's end, without a line feed
 */
record LogRecord(String timestamp, Stream stream, boolean endsLine, ByteBuffer content) {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

  /** The most bytes that a record adds to its content. */
  static final int OVERHEAD_BYTES = 30 + " stdout F ".length() + 1;

  /** Encodes a record, line feed included. */
  static ByteBuffer encode(
      Instant time, Stream stream, boolean endsLine, byte[] content, int length) {
    ByteBuffer record = ByteBuffer.allocate(length + OVERHEAD_BYTES);
    record.put(TIME.format(time).getBytes(StandardCharsets.US_ASCII)).put((byte) ' ');
    record.put(stream.tag()).put((byte) ' ').put((byte) (endsLine ? 'F' : 'P')).put((byte) ' ');
    return record.put(content, 0, length).put((byte) '\n').flip();
  }

  /**
   * Reads a record.
   *
   * @param line the record's bytes without the line feed; the content is a view of them
   * @return null when it is not one, such as the torn end that a crash left
   */
  static @Nullable LogRecord parse(ByteBuffer line) {
    int timeEnd = indexOfSpace(line, line.position());
    int streamEnd = timeEnd < 0 ? -1 : indexOfSpace(line, timeEnd + 1);
    int tagEnd = streamEnd < 0 ? -1 : indexOfSpace(line, streamEnd + 1);
    if (tagEnd < 0 || tagEnd == streamEnd + 1) {
      return null;
    }
    byte tag = line.get(streamEnd + 1);
    if (tag != 'F' && tag != 'P') {
      return null;
    }
    String timestamp = ascii(line, line.position(), timeEnd);
    Stream stream = line.get(timeEnd + 4) == 'e' ? Stream.STDERR : Stream.STDOUT;
    return new LogRecord(
        timestamp, stream, tag == 'F', line.slice(tagEnd + 1, line.limit() - tagEnd - 1));
  }

  /** Whether the record was written before a time; false when its own time cannot be read. */
  boolean isBefore(Instant time) {
    try {
      return Instant.parse(timestamp).isBefore(time);
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static int indexOfSpace(ByteBuffer line, int from) {
    for (int i = from; i < line.limit(); i++) {
      if (line.get(i) == ' ') {
        return i;
      }
    }
    return -1;
  }

  private static String ascii(ByteBuffer line, int from, int to) {
    byte[] bytes = new byte[to - from];
    line.get(from, bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
