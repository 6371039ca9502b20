package io.hiberlet.devcluster.server;

import io.hiberlet.devcluster.api.ApiResponse;
import io.hiberlet.devcluster.pki.Identity;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/**
 * Reaches nodes' kubelet ports as the API server: with its client certificate, and only those that
 * show a certificate of the cluster's CA for their address. Thread-safe.
 */
public final class KubeletConnector {
  private final SslContext tls;

  /**
   * A connector.
   *
   * @param identity what is shown to kubelets
   * @param authority who must have signed what they show
   */
  public KubeletConnector(Identity identity, X509Certificate authority) throws SSLException {
    tls =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .keyManager(identity.key(), identity.certificate())
            .trustManager(authority)
            .endpointIdentificationAlgorithm("HTTPS")
            .build();
  }

  /** Sends a kubelet's whole answer to a client as it comes, however long that takes. */
  void stream(ApiResponse.Kubelet kubelet, Channel client) {
    new KubeletCall(kubelet, tls, client).start(KubeletCall.request(kubelet));
  }

  /** Connects a client to a kubelet until one of them closes. Called by the client's event loop. */
  void tunnel(ApiResponse.Kubelet kubelet, FullHttpRequest upgrade, Channel client) {
    new KubeletCall(kubelet, tls, client).start(KubeletCall.upgrade(kubelet, upgrade));
  }
}
