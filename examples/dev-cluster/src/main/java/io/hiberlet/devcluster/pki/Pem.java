package io.hiberlet.devcluster.pki;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The textual encoding of keys, certificates and requests (RFC 7468). */
public final class Pem {
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  /** Writes DER bytes under a label such as {@code CERTIFICATE}. */
  public static String encode(String label, byte[] der) {
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
        .replace("%n", "\n")
        .formatted(label, LINES.encodeToString(der));
  }

  /**
   * The first DER bytes under the label.
   *
   * @throws IllegalArgumentException when there are none
   */
  public static byte[] decode(String label, String text) {
    Matcher block =
        Pattern.compile("-----BEGIN " + label + "-----([^-]*)-----END " + label + "-----")
            .matcher(text);
    if (!block.find()) {
      throw new IllegalArgumentException("no PEM block of type " + label);
    }
    return Base64.getMimeDecoder().decode(block.group(1));
  }
}
