package io.hiberlet.node.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The textual encoding of keys and certificates (RFC 7468). */
public final class Pem {
  private static final int LINE = 64;
  private static final byte[] NEW_LINE = {'\n'};

  private Pem() {}

  public static byte[] encode(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder(LINE, NEW_LINE).encodeToString(der);
    return ("-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n")
        .getBytes(US_ASCII);
  }

  /** The contents of all blocks of that label; anything else is passed over. */
  public static List<byte[]> decode(String label, byte[] pem) {
    return block(label)
        .matcher(new String(pem, US_ASCII))
        .results()
        .map(found -> Base64.getMimeDecoder().decode(found.group(1)))
        .toList();
  }

  /** The blocks of that label alone, still encoded: a file may hold a key beside certificates. */
  static byte[] only(String label, byte[] pem) {
    return block(label)
        .matcher(new String(pem, US_ASCII))
        .results()
        .map(MatchResult::group)
        .collect(Collectors.joining("\n"))
        .getBytes(US_ASCII);
  }

  /** Everything but the blocks of that label. */
  static byte[] without(String label, byte[] pem) {
    return block(label).matcher(new String(pem, US_ASCII)).replaceAll("").getBytes(US_ASCII);
  }

  private static Pattern block(String label) {
    String quoted = Pattern.quote(label);
    return Pattern.compile("-----BEGIN " + quoted + "-----([^-]*)-----END " + quoted + "-----");
  }
}
