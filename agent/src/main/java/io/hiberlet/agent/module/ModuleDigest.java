package io.hiberlet.agent.module;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names a module by its content, as OCI does: {@code sha256:} and 64 lower-case hexadecimal digits.
 *
 * @param value the whole text
 */
public record ModuleDigest(String value) {
  private static final String ALGORITHM = "sha256:";
  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

  /**
   * @throws IllegalArgumentException when the text is not a digest
   */
  public ModuleDigest {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a sha256 digest: " + value);
    }
  }

  /** The digest of these bytes. */
  public static ModuleDigest of(byte[] module) {
    return finished(sha256().digest(module));
  }

  /** The digits without the algorithm: good as a file's name. */
  public String hex() {
    return value.substring(ALGORITHM.length());
  }

  @Override
  public String toString() {
    return value;
  }

  static ModuleDigest finished(byte[] hash) {
    return new ModuleDigest(ALGORITHM + HexFormat.of().formatHex(hash));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
