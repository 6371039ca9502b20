package io.hiberlet.node.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** The textual encoding of keys and certificates (RFC 7468). */
final class Pem {
  private static final int LINE = 64;
  private static final byte[] NEW_LINE = {'\n'};

  private Pem() {}

  static byte[] encode(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder(LINE, NEW_LINE).encodeToString(der);
    return ("-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n")
        .getBytes(US_ASCII);
  }

  /** The contents of all blocks of that label; anything else is passed over. */
  static List<byte[]> decode(String label, byte[] pem) {
    String quoted = Pattern.quote(label);
    Pattern block =
        Pattern.compile("-----BEGIN " + quoted + "-----([^-]*)-----END " + quoted + "-----");
    return block
        .matcher(new String(pem, US_ASCII))
        .results()
        .map(found -> Base64.getMimeDecoder().decode(found.group(1)))
        .toList();
  }
}
