package io.hiberlet.node.api.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authorities in a PEM file, read again when the file has changed, so that they can be replaced
 * without a restart. A file that cannot be read any more leaves those of before in place, and is
 * told in the log once. Thread-safe.
 */
public final class AuthorityFile implements Supplier<List<X509Certificate>> {
  private static final Logger log = LoggerFactory.getLogger(AuthorityFile.class);

  private record Version(FileTime modified, long bytes, String key) {}

  private static final Version GONE = new Version(FileTime.fromMillis(0), -1, "gone");

  private final Path file;
  private Version seen = GONE; // guarded by this, as is what follows
  private List<X509Certificate> authorities = List.of();

  /**
   * Reads the file for the first time.
   *
   * @throws IOException when that fails, with a sentence that names the file
   */
  public AuthorityFile(Path file) throws IOException {
    this.file = file;
    seen = version(file);
    authorities = read(file);
  }

  @Override
  public synchronized List<X509Certificate> get() {
    Version now = version(file);
    if (!now.equals(seen)) {
      seen = now;
      try {
        authorities = read(file);
        log.atInfo().addKeyValue("file", file).log("Client authorities were read anew");
      } catch (IOException e) {
        log.atWarn()
            .addKeyValue("file", file)
            .addKeyValue("reason", e.getMessage())
            .log("Client authorities stay as they were");
      }
    }
    return authorities;
  }

  private static Version version(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Version(
          attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
    } catch (IOException e) {
      return GONE;
    }
  }

  private static List<X509Certificate> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (found.isEmpty()) {
        throw new IOException(file + " holds no certificates in PEM");
      }
      return found;
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (CertificateException e) {
      throw new IOException(file + " holds no certificates in PEM", e);
    }
  }
}
