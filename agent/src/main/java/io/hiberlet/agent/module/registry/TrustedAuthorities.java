package io.hiberlet.agent.module.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Those who may vouch for a server: whom the JVM knows, and those of a file. */
final class TrustedAuthorities {
  private static final long MAX_FILE_BYTES = 1L << 20;

  private TrustedAuthorities() {}

  /**
   * For connections to servers of which one of the file's authorities may have signed the
   * certificate.
   *
   * @param file certificates in PEM
   * @throws IOException when it cannot be read
   * @throws GeneralSecurityException when it holds something else
   */
  static SSLContext with(Path file) throws IOException, GeneralSecurityException {
    KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
    all.load(null, null);
    int number = 0;
    for (Certificate authority : Stream.concat(own(file).stream(), known().stream()).toList()) {
      all.setCertificateEntry(String.valueOf(number++), authority);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers(all), null);
    return context;
  }

  private static Collection<? extends Certificate> own(Path file)
      throws IOException, CertificateException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new CertificateException("it is larger than %d bytes".formatted(MAX_FILE_BYTES));
    }
    Collection<? extends Certificate> certificates;
    try {
      certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
    } catch (CertificateException e) {
      throw new CertificateException("it holds no certificates in PEM", e);
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("it holds no certificates in PEM");
    }
    return certificates;
  }

  private static List<? extends Certificate> known() throws GeneralSecurityException {
    return Stream.of(managers(null))
        .filter(X509TrustManager.class::isInstance)
        .flatMap(manager -> Stream.of(((X509TrustManager) manager).getAcceptedIssuers()))
        .toList();
  }

  /**
   * @param authorities null for those of the JVM
   */
  private static TrustManager[] managers(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return factory.getTrustManagers();
  }
}
