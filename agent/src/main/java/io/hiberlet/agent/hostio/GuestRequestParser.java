package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A strict parser of one HTTP/1.1 request (RFC 9112): what another parser could read in another way
 * is refused. Used once.
 */
final class GuestRequestParser {
  private final byte[] message;
  private final Limits limits;
  private int position;

  GuestRequestParser(byte[] message, Limits limits) {
    this.message = message;
    this.limits = limits;
  }

  GuestRequest parse() throws RefusedException {
    if (message.length > limits.messageBytes()) {
      throw tooLarge("the request has more than " + limits.messageBytes() + " bytes");
    }
    String[] requestLine = nextLine().split(" ", -1);
    if (requestLine.length != 3 || !requestLine[2].equals("HTTP/1.1")) {
      throw malformed("the request line is not METHOD TARGET HTTP/1.1");
    }
    checkMethod(requestLine[0]);
    RequestTarget.check(requestLine[1]);
    List<Field> fields = fields();
    return new GuestRequest(requestLine[0], requestLine[1], fields, body(fields));
  }

  private static void checkMethod(String method) throws RefusedException {
    if (!isToken(method)) {
      throw malformed("the method is not a token");
    }
    if (method.equals("CONNECT") || method.equals("TRACE")) {
      throw new RefusedException(Errno.ACCES, "the method " + method + " is not allowed");
    }
  }

  private List<Field> fields() throws RefusedException {
    List<Field> fields = new ArrayList<>();
    for (String line = nextLine(); !line.isEmpty(); line = nextLine()) {
      fields.add(field(line));
    }
    return fields;
  }

  private static Field field(String line) throws RefusedException {
    int colon = line.indexOf(':');
    // A line that begins with a space (obs-fold) and a space before the colon fail here, too.
    if (colon < 0 || !isToken(line.substring(0, colon))) {
      throw malformed("a header field is not NAME: VALUE");
    }
    Field field = new Field(line.substring(0, colon), trim(line.substring(colon + 1)));
    if (field.is("upgrade")) {
      throw new RefusedException(Errno.ACCES, "a request must not ask for an upgrade");
    }
    if (field.is("transfer-encoding")) {
      throw malformed("a body needs Content-Length; Transfer-Encoding is not taken");
    }
    return field;
  }

  private byte[] body(List<Field> fields) throws RefusedException {
    List<Field> lengths = fields.stream().filter(field -> field.is("content-length")).toList();
    int actual = message.length - position;
    if (lengths.isEmpty()) {
      if (actual > 0) {
        throw malformed("a body needs Content-Length");
      }
      return new byte[0];
    }
    if (lengths.size() > 1 || !lengths.getFirst().value().equals(Integer.toString(actual))) {
      throw malformed("Content-Length is not the length of the body, " + actual);
    }
    return Arrays.copyOfRange(message, position, message.length);
  }

  /** The bytes up to the next CRLF, one character each, none of them a control but the tab. */
  private String nextLine() throws RefusedException {
    int start = position;
    for (int i = start; i < message.length; i++) {
      int octet = message[i] & 0xff;
      if (i >= limits.headBytes()) {
        throw tooLarge("the head of the request has more than " + limits.headBytes() + " bytes");
      }
      if (octet == '\r' && i + 1 < message.length && message[i + 1] == '\n') {
        position = i + 2;
        return new String(message, start, i - start, StandardCharsets.ISO_8859_1);
      }
      if (octet == 0x7f || (octet < 0x20 && octet != '\t')) {
        throw malformed("the head of the request contains the control character " + octet);
      }
    }
    throw malformed("the head of the request does not end");
  }

  /** Removes spaces and tabs at both ends (RFC 9110, 5.5). */
  private static String trim(String value) {
    int start = 0;
    int end = value.length();
    while (start < end && isBlank(value.charAt(start))) {
      start++;
    }
    while (end > start && isBlank(value.charAt(end - 1))) {
      end--;
    }
    return value.substring(start, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** A token of RFC 9110, 5.6.2. */
  private static boolean isToken(String word) {
    return !word.isEmpty()
        && word.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }

  private static RefusedException malformed(String message) {
    return new RefusedException(Errno.INVAL, message);
  }

  private static RefusedException tooLarge(String message) {
    return new RefusedException(Errno.MSGSIZE, message);
  }
}
