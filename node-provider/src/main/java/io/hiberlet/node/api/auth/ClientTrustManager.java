package io.hiberlet.node.api.auth;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Verifies client certificates against the authorities of the moment, so that replaced ones need no
 * restart. With no authority, no certificate is good. Thread-safe.
 */
public final class ClientTrustManager extends X509ExtendedTrustManager {

  private final Supplier<List<X509Certificate>> authorities;
  private volatile @Nullable Verifier verifier;

  private record Verifier(
      List<X509Certificate> authorities, @Nullable X509ExtendedTrustManager delegate) {}

  /**
   * Trusts what these authorities sign.
   *
   * @param authorities asked at every handshake that brings a certificate; may block for a moment
   */
  public ClientTrustManager(Supplier<List<X509Certificate>> authorities) {
    this.authorities = authorities;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    delegate().checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    delegate().checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    delegate().checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw notAClient();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw notAClient();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw notAClient();
  }

  /** Named to clients, which pick the certificate that they send by it. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.get().toArray(X509Certificate[]::new);
  }

  private X509ExtendedTrustManager delegate() throws CertificateException {
    List<X509Certificate> current = List.copyOf(authorities.get());
    Verifier known = verifier;
    if (known == null || !known.authorities.equals(current)) {
      known = new Verifier(current, current.isEmpty() ? null : trusting(current));
      verifier = known;
    }
    if (known.delegate == null) {
      throw new CertificateException("no authority for client certificates is configured");
    }
    return known.delegate;
  }

  private static X509ExtendedTrustManager trusting(List<X509Certificate> authorities)
      throws CertificateException {
    try {
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        anchors.setCertificateEntry("ca-" + i, authorities.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(anchors);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager verifying) {
          return verifying;
        }
      }
      throw new CertificateException("this Java platform cannot verify certificates");
    } catch (IOException | GeneralSecurityException e) {
      throw new CertificateException("cannot use the authorities for client certificates", e);
    }
  }

  private static CertificateException notAClient() {
    return new CertificateException("this end verifies clients only");
  }
}
