package io.hiberlet.node.api;

import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests: one of its own, or one whose key is in a file. */
record TestAuthority(X509Certificate certificate, PrivateKey key) {

  private static final AtomicLong SERIAL = new AtomicLong(System.nanoTime());

  /** A certificate with its key. */
  record Identity(X509Certificate certificate, PrivateKey key) {}

  static TestAuthority create(String name) {
    try {
      KeyPair keys = newKeys();
      X500Principal subject = new X500Principal("CN=" + name);
      var builder = builder(subject, subject, keys, Instant.now().plusSeconds(3600));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      return new TestAuthority(
          sign(builder, keys.getPrivate(), "SHA256withECDSA"), keys.getPrivate());
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  static TestAuthority load(Path certificate, Path key) throws IOException {
    var converter = new JcaPEMKeyConverter();
    PrivateKey privateKey =
        switch (parse(key)) {
          case org.bouncycastle.openssl.PEMKeyPair pair -> converter.getKeyPair(pair).getPrivate();
          case org.bouncycastle.asn1.pkcs.PrivateKeyInfo info -> converter.getPrivateKey(info);
          default -> throw new IOException("no private key in " + key);
        };
    return new TestAuthority(loadCertificate(certificate), privateKey);
  }

  static X509Certificate loadCertificate(Path file) throws IOException {
    try {
      return new JcaX509CertificateConverter().getCertificate((X509CertificateHolder) parse(file));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  Identity issueServer() {
    return issue("CN=system:node:test,O=system:nodes", KeyPurposeId.id_kp_serverAuth, 3600);
  }

  Identity issueClient(String subject) {
    return issue(subject, KeyPurposeId.id_kp_clientAuth, 3600);
  }

  Identity issueExpiredClient(String subject) {
    return issue(subject, KeyPurposeId.id_kp_clientAuth, -60);
  }

  private Identity issue(String subject, KeyPurposeId purpose, long seconds) {
    try {
      KeyPair keys = newKeys();
      var builder =
          builder(
              certificate.getSubjectX500Principal(),
              new X500Principal(subject),
              keys,
              Instant.now().plusSeconds(seconds));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      String loopback = InetAddress.getLoopbackAddress().getHostAddress();
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              new GeneralName[] {
                new GeneralName(GeneralName.iPAddress, loopback),
                new GeneralName(GeneralName.dNSName, "localhost")
              }));
      String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
      return new Identity(sign(builder, key, algorithm), keys.getPrivate());
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, KeyPair keys, Instant notAfter) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        BigInteger.valueOf(SERIAL.incrementAndGet()),
        Date.from(notAfter.minusSeconds(7200)),
        Date.from(notAfter),
        subject,
        keys.getPublic());
  }

  private static X509Certificate sign(
      JcaX509v3CertificateBuilder builder, PrivateKey key, String algorithm)
      throws GeneralSecurityException, OperatorCreationException {
    var signer = new JcaContentSignerBuilder(algorithm).build(key);
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }

  private static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static Object parse(Path file) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
      return parser.readObject();
    }
  }
}
