package io.hiberlet.agent.module.registry;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names anything in a registry by its content. SHA-256 only: what every registry has.
 *
 * @param value {@code sha256:} and 64 lower-case hexadecimal digits
 */
public record Digest(String value) {
  private static final String ALGORITHM = "sha256:";
  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

  /**
   * @throws IllegalArgumentException when the text is not a digest
   */
  public Digest {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a sha256 digest: " + value);
    }
  }

  /** The digest of these bytes. */
  public static Digest of(byte[] content) {
    return finished(sha256().digest(content));
  }

  /** The digest that a {@link #sha256} came to. */
  public static Digest finished(byte[] hash) {
    return new Digest(ALGORITHM + HexFormat.of().formatHex(hash));
  }

  /** A new computation. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
