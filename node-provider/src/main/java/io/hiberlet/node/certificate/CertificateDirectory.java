package io.hiberlet.node.certificate;

import io.hiberlet.node.client.Pem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one certificate and its key in a directory, readable by this user alone (directory 0700,
 * files 0600). Both are in one file that is replaced as a whole, so that they always fit. What
 * cannot be read counts as absent, and is told. Not thread-safe.
 */
final class CertificateDirectory {
  private static final Logger log = LoggerFactory.getLogger(CertificateDirectory.class);
  private static final String PRIVATE = "PRIVATE KEY";
  private static final String PUBLIC = "PUBLIC KEY";

  private final Path certificateFile;
  private final Path pendingKeyFile;

  /**
   * @param name of the certificate: files begin with it
   */
  CertificateDirectory(Path directory, String name) throws IOException {
    this.certificateFile = directory.resolve(name + ".pem");
    this.pendingKeyFile = directory.resolve(name + "-pending.pem");
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  /** The file that holds the key and its issued certificate, in PEM. */
  Path certificateFile() {
    return certificateFile;
  }

  /** The key and its issued certificate. */
  Optional<KeyMaterial> certificate() {
    return read(
        certificateFile,
        pem -> {
          List<X509Certificate> chain = certificates(pem);
          String algorithm = chain.getFirst().getPublicKey().getAlgorithm();
          return new KeyMaterial(privateKey(pem, algorithm), chain);
        });
  }

  void keep(KeyMaterial material) throws IOException, GeneralSecurityException {
    var pem = new ByteArrayOutputStream();
    pem.write(Pem.encode(PRIVATE, material.key().getEncoded()));
    for (X509Certificate certificate : material.chain()) {
      pem.write(Pem.encode("CERTIFICATE", certificate.getEncoded()));
    }
    PrivateFile.write(certificateFile, pem.toByteArray());
  }

  /** The key for which a certificate has been asked. */
  Optional<KeyPair> pendingKey() {
    return read(
        pendingKeyFile,
        pem -> {
          var encoded = new X509EncodedKeySpec(blocks(PUBLIC, pem).getFirst());
          PublicKey key = KeyFactory.getInstance("EC").generatePublic(encoded);
          return new KeyPair(key, privateKey(pem, "EC"));
        });
  }

  void keepPendingKey(KeyPair keys) throws IOException {
    var pem = new ByteArrayOutputStream();
    pem.write(Pem.encode(PRIVATE, keys.getPrivate().getEncoded()));
    pem.write(Pem.encode(PUBLIC, keys.getPublic().getEncoded()));
    PrivateFile.write(pendingKeyFile, pem.toByteArray());
  }

  void forgetPendingKey() throws IOException {
    Files.deleteIfExists(pendingKeyFile);
  }

  /** In their order; at least one. */
  static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
    var factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> chain = new ArrayList<>();
    for (byte[] der : blocks("CERTIFICATE", pem)) {
      chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    return chain;
  }

  private interface Parser<T> {
    T parse(byte[] pem) throws GeneralSecurityException;
  }

  private static <T> Optional<T> read(Path file, Parser<T> parser) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.parse(Files.readAllBytes(file)));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("Unusable; going on without it");
      return Optional.empty();
    }
  }

  private static PrivateKey privateKey(byte[] pem, String algorithm)
      throws GeneralSecurityException {
    var encoded = new PKCS8EncodedKeySpec(blocks(PRIVATE, pem).getFirst());
    return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
  }

  private static List<byte[]> blocks(String label, byte[] pem) throws GeneralSecurityException {
    List<byte[]> blocks = Pem.decode(label, pem);
    if (blocks.isEmpty()) {
      throw new GeneralSecurityException("no block " + label);
    }
    return blocks;
  }
}
