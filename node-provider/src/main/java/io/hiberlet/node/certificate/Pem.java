package io.hiberlet.node.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
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

  /** The first block of that label. */
  static Optional<byte[]> decode(String label, byte[] pem) {
    String quoted = Pattern.quote(label);
    Matcher block =
        Pattern.compile("-----BEGIN " + quoted + "-----([^-]*)-----END " + quoted + "-----")
            .matcher(new String(pem, US_ASCII));
    return block.find()
        ? Optional.of(Base64.getMimeDecoder().decode(block.group(1)))
        : Optional.empty();
  }
}
