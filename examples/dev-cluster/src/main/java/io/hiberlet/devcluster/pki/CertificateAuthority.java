package io.hiberlet.devcluster.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates with a key of its own, on the curve P-256. Thread-safe. */
public final class CertificateAuthority {
  private static final Duration LIFETIME = Duration.ofDays(3650);
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X500Name name;
  private final Identity identity;

  /** Makes a new key and a self-signed certificate. */
  public CertificateAuthority(String commonName) {
    KeyPair keys = newKeys();
    name = subject(commonName, List.of());
    SubjectPublicKeyInfo publicKey =
        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    try {
      X509v3CertificateBuilder builder = builder(name, publicKey, LIFETIME);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature));
      identity = new Identity(sign(builder, keys), keys.getPrivate());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The authority's own certificate and key. */
  public Identity identity() {
    return identity;
  }

  /** A client's certificate, whose organisations are its groups. */
  public Identity issueClient(String user, List<String> groups) {
    KeyPair keys = newKeys();
    SubjectPublicKeyInfo publicKey =
        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    X509Certificate certificate =
        issue(
            subject(user, groups),
            publicKey,
            new GeneralName[0],
            KeyPurposeId.id_kp_clientAuth,
            LIFETIME);
    return new Identity(certificate, keys.getPrivate());
  }

  /** A server's certificate for these addresses and names. */
  public Identity issueServer(String commonName, List<String> addresses, List<String> names) {
    KeyPair keys = newKeys();
    GeneralName[] alternatives =
        Stream.concat(
                addresses.stream().map(a -> new GeneralName(GeneralName.iPAddress, a)),
                names.stream().map(n -> new GeneralName(GeneralName.dNSName, n)))
            .toArray(GeneralName[]::new);
    SubjectPublicKeyInfo publicKey =
        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    X509Certificate certificate =
        issue(
            subject(commonName, List.of()),
            publicKey,
            alternatives,
            KeyPurposeId.id_kp_serverAuth,
            LIFETIME);
    return new Identity(certificate, keys.getPrivate());
  }

  /** Signs somebody else's key for one purpose. */
  public X509Certificate issue(
      X500Name subject,
      SubjectPublicKeyInfo key,
      GeneralName[] alternativeNames,
      KeyPurposeId purpose,
      Duration lifetime) {
    try {
      X509v3CertificateBuilder builder = builder(subject, key, lifetime);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      if (alternativeNames.length > 0) {
        builder.addExtension(
            Extension.subjectAlternativeName, false, new GeneralNames(alternativeNames));
      }
      return sign(builder, new KeyPair(identity.certificate().getPublicKey(), identity.key()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509v3CertificateBuilder builder(
      X500Name subject, SubjectPublicKeyInfo key, Duration lifetime) {
    Instant now = Instant.now();
    return new X509v3CertificateBuilder(
        name,
        new BigInteger(120, RANDOM),
        Date.from(now.minus(CLOCK_SKEW)),
        Date.from(now.plus(lifetime)),
        subject,
        key);
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair signer) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X500Name subject(String commonName, List<String> organisations) {
    X500NameBuilder builder = new X500NameBuilder();
    organisations.forEach(organisation -> builder.addRDN(BCStyle.O, organisation));
    return builder.addRDN(BCStyle.CN, commonName).build();
  }

  /** A new key pair on P-256. */
  public static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
