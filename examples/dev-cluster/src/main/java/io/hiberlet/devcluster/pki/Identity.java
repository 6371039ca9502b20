package io.hiberlet.devcluster.pki;

import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;

/** A certificate with its private key. */
public record Identity(X509Certificate certificate, PrivateKey key) {

  /** The certificate in PEM. */
  public String certificatePem() {
    return pem(certificate);
  }

  /** A certificate in PEM. */
  public static String pem(X509Certificate certificate) {
    try {
      return Pem.encode("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The key in PEM (PKCS #8). */
  public String keyPem() {
    return Pem.encode("PRIVATE KEY", key.getEncoded());
  }
}
