package io.hiberlet.agent.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * HTTP messages between the form of the paper's prototype ({@code bincode} of {@code http-serde}
 * types, {@code docs/host-abi.md}) and that of RFC 9112.
 */
final class PrototypeMessages {
  private static final int BAD_GATEWAY = 502;
  private static final String CRLF = "\r\n";

  /** Where the status is in its line. */
  private static final int STATUS = "HTTP/1.1 ".length();

  /** A text's length at the least, and one more for the number of values. */
  private static final int LEAST_FIELD_BYTES = 2 * Long.BYTES;

  /** The host's own affair, or said by the body that is there. */
  private static final Set<String> DROPPED =
      Set.of("host", "authorization", "content-length", "transfer-encoding", "connection");

  private PrototypeMessages() {}

  /**
   * A request: method, URI, fields and body. Of the URI, path and query count.
   *
   * @throws IllegalArgumentException when it is none
   */
  static byte[] request(byte[] bincode) {
    var reader = new BincodeReader(bincode);
    String method = reader.text();
    String target = target(reader.text());
    if (!method.matches("[A-Z]+") || target.indexOf(' ') >= 0) {
      throw new IllegalArgumentException("its method or URI is none");
    }
    var head = new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    for (int fields = reader.count(LEAST_FIELD_BYTES); fields > 0; fields--) {
      field(reader, head);
    }
    byte[] body = reader.bytes();
    reader.end();
    if (body.length > 0 || method.startsWith("P")) { // POST, PUT and PATCH have one, be it empty
      head.append("content-length: ").append(body.length).append(CRLF);
    }
    var message = new ByteArrayOutputStream();
    message.writeBytes(head.append(CRLF).toString().getBytes(StandardCharsets.US_ASCII));
    message.writeBytes(body);
    return message.toByteArray();
  }

  private static String target(String uri) {
    int authority = uri.indexOf("://");
    if (authority < 0) {
      return uri;
    }
    int path = uri.indexOf('/', authority + 3);
    return path < 0 ? "/" : uri.substring(path);
  }

  private static void field(BincodeReader reader, StringBuilder head) {
    String name = reader.text();
    if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) { // RFC 9110, a token
      throw new IllegalArgumentException("a field has no name");
    }
    boolean dropped = DROPPED.contains(name.toLowerCase(Locale.ROOT));
    for (int values = reader.count(Long.BYTES); values > 0; values--) {
      String value = reader.text();
      if (!dropped) {
        head.append(name).append(": ").append(value).append(CRLF);
      }
    }
  }

  /** What a response's head says: status and fields. */
  static byte[] head(byte[] head) {
    List<String> lines = new String(head, StandardCharsets.ISO_8859_1).lines().toList();
    Map<String, List<String>> fields = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields
            .computeIfAbsent(
                line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
            .add(line.substring(colon + 1).strip());
      }
    }
    String status = lines.getFirst(); // the host's own line
    return encoded(Integer.parseInt(status, STATUS, STATUS + 3, 10), fields);
  }

  /** The head of an answer in the place of one that there is none of. */
  static byte[] noAnswer() {
    return encoded(BAD_GATEWAY, Map.of());
  }

  private static byte[] encoded(int status, Map<String, List<String>> fields) {
    var out = new ByteArrayOutputStream();
    out.write(status);
    out.write(status >>> Byte.SIZE);
    write(out, fields.size());
    fields.forEach(
        (name, values) -> {
          write(out, name);
          write(out, values.size());
          values.forEach(value -> write(out, value));
        });
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    write(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void write(ByteArrayOutputStream out, long number) {
    out.writeBytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
  }
}
