package io.hiberlet.node.api;

import io.hiberlet.node.api.auth.ClientTrustManager;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The TLS side of the server.
 *
 * @param identity gives the serving certificate and key of the moment
 * @param clientAuthorities those whose client certificates are believed; asked at handshakes
 */
public record ServerTls(
    X509ExtendedKeyManager identity, Supplier<List<X509Certificate>> clientAuthorities) {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final int MAX_SESSIONS = 128;

  /** A resumed session is not verified again, so this is how long a removed authority lives on. */
  private static final int SESSION_SECONDS = 300;

  /** Built by hand: Netty's own way through PEM loads a whole cryptography library. */
  SslContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {identity},
          new TrustManager[] {new ClientTrustManager(clientAuthorities)},
          null);
      SSLSessionContext sessions = context.getServerSessionContext();
      sessions.setSessionCacheSize(MAX_SESSIONS);
      sessions.setSessionTimeout(SESSION_SECONDS);
      return new JdkSslContext(
          context,
          false,
          null,
          IdentityCipherSuiteFilter.INSTANCE,
          ApplicationProtocolConfig.DISABLED,
          ClientAuth.OPTIONAL,
          PROTOCOLS.clone(),
          false);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform cannot serve TLS", e);
    }
  }
}
