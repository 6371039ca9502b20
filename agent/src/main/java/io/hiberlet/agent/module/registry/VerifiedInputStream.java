package io.hiberlet.agent.module.registry;

import io.hiberlet.agent.module.registry.RegistryException.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * A stream that must have the size and the digest that were said before: instead of an end that is
 * not the right one there is a {@link RegistryException}. Whoever reads to the end has verified it.
 */
final class VerifiedInputStream extends FilterInputStream {
  private final Descriptor expected;
  private final MessageDigest hash = Digest.sha256();
  private long count;
  private boolean ended;

  VerifiedInputStream(InputStream in, Descriptor expected) {
    super(in);
    this.expected = expected;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int read = read(one, 0, 1);
    return read < 0 ? read : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = ended ? -1 : received(buffer, offset, length);
    if (read < 0) {
      verify();
    } else {
      hash.update(buffer, offset, read);
      count += read;
      requireWithin();
    }
    return read;
  }

  private int received(byte[] buffer, int offset, int length) throws RegistryException {
    try {
      return in.read(buffer, offset, length);
    } catch (IOException e) {
      throw new RegistryException(
          Kind.UNAVAILABLE,
          "the connection broke after %d of %d bytes".formatted(count, expected.size()),
          e);
    }
  }

  private void requireWithin() throws RegistryException {
    if (count > expected.size()) {
      throw new RegistryException(
          Kind.INVALID,
          "the layer has more than the %d bytes that its manifest says".formatted(expected.size()));
    }
  }

  private void verify() throws RegistryException {
    if (ended) {
      return;
    }
    if (count < expected.size()) {
      throw new RegistryException(
          Kind.INVALID, "the layer ends after %d of %d bytes".formatted(count, expected.size()));
    }
    Digest digest = Digest.finished(hash.digest());
    if (!digest.equals(expected.digest())) {
      throw new RegistryException(
          Kind.INVALID,
          "digest mismatch: the layer %s has the digest %s".formatted(expected.digest(), digest));
    }
    ended = true;
  }

  @Override
  public long skip(long wanted) throws IOException {
    byte[] skipped = new byte[(int) Math.min(wanted, 8192)];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
