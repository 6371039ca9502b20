package io.hiberlet.node.certificate;

import io.hiberlet.node.client.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Makes keys, certificates and requests for them (RFC 5280, RFC 2986). */
final class Certificates {
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
  private static final int SERIAL_BITS = 120;

  private Certificates() {}

  /** P-256: small, quick on ARM, and read by every client. */
  static KeyPair newKeyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** A certificate that nobody vouches for, for the time until somebody does. */
  static KeyMaterial selfSigned(
      KeyPair keys, CertificateProfile profile, Instant now, Duration validity)
      throws GeneralSecurityException {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              profile.subject(),
              new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE),
              Date.from(now.minus(CLOCK_SKEW)),
              Date.from(now.plus(validity)),
              profile.subject(),
              keys.getPublic());
      builder.addExtension(Extension.subjectAlternativeName, false, names(profile));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      var certificate =
          new JcaX509CertificateConverter().getCertificate(builder.build(signer(keys)));
      return new KeyMaterial(keys.getPrivate(), List.of(certificate));
    } catch (IOException | OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  /** A PKCS #10 request in PEM. */
  static byte[] request(KeyPair keys, CertificateProfile profile) throws GeneralSecurityException {
    try {
      var request = new JcaPKCS10CertificationRequestBuilder(profile.subject(), keys.getPublic());
      if (!profile.names().isEmpty()) {
        var extensions = new ExtensionsGenerator();
        extensions.addExtension(Extension.subjectAlternativeName, false, names(profile));
        request.addAttribute(
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
      }
      return Pem.encode("CERTIFICATE REQUEST", request.build(signer(keys)).getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static GeneralNames names(CertificateProfile profile) {
    return new GeneralNames(profile.names().toArray(GeneralName[]::new));
  }

  private static ContentSigner signer(KeyPair keys) throws OperatorCreationException {
    return new JcaContentSignerBuilder(SIGNATURE).build(keys.getPrivate());
  }
}
