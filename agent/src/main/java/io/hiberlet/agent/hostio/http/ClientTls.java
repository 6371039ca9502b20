package io.hiberlet.agent.hostio.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS with the JDK's provider, host name verification and ALPN. Built by hand from an {@link
 * SSLContext}: Netty's own builder drags in a PEM reader and 12 MiB with it. Immutable.
 */
final class ClientTls {
  private static final ApplicationProtocolConfig ALPN =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2,
          ApplicationProtocolNames.HTTP_1_1);

  private final JdkSslContext context;

  /**
   * @param caCertificates empty for the JDK's own trust
   * @param keyManagers empty for no certificate of this client's
   */
  ClientTls(List<X509Certificate> caCertificates, List<KeyManager> keyManagers) {
    context =
        new JdkSslContext(
            sslContext(caCertificates, keyManagers),
            true,
            null,
            IdentityCipherSuiteFilter.INSTANCE,
            ALPN,
            ClientAuth.NONE,
            null,
            false);
  }

  /** A handler for one connection, which refuses a certificate that is not this host's. */
  SslHandler handler(ByteBufAllocator allocator, UpstreamConfig config) {
    SslHandler handler = context.newHandler(allocator, config.host(), config.port());
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    handler.engine().setSSLParameters(parameters);
    handler.setHandshakeTimeoutMillis(config.connect().toMillis());
    return handler;
  }

  private static SSLContext sslContext(
      List<X509Certificate> caCertificates, List<KeyManager> keyManagers) {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(keyStore(caCertificates));
      SSLContext ssl = SSLContext.getInstance("TLS");
      ssl.init(keyManagers.toArray(KeyManager[]::new), trust.getTrustManagers(), null);
      return ssl;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this Java cannot do TLS: " + e.getMessage(), e);
    }
  }

  private static @Nullable KeyStore keyStore(List<X509Certificate> caCertificates)
      throws GeneralSecurityException, IOException {
    if (caCertificates.isEmpty()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < caCertificates.size(); i++) {
      store.setCertificateEntry("ca-" + i, caCertificates.get(i));
    }
    return store;
  }
}
