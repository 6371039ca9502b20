package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.UpstreamConfig;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;

/**
 * Where the API server is, and the limits on what guests ask of it.
 *
 * @param apiServer an https URL, or an http URL for tests and development; host and port only
 * @param caCertificates what the API server's certificate must be signed by; empty for the JDK's
 *     own trust
 * @param keyManagers with whose certificates it is told who asks, when no token says it; empty for
 *     none
 */
public record HostIoConfig(
    URI apiServer,
    List<X509Certificate> caCertificates,
    List<KeyManager> keyManagers,
    Limits limits,
    Timeouts timeouts) {

  public HostIoConfig {
    caCertificates = List.copyOf(caCertificates);
    keyManagers = List.copyOf(keyManagers);
  }

  /** Without a certificate. */
  public HostIoConfig(
      URI apiServer, List<X509Certificate> caCertificates, Limits limits, Timeouts timeouts) {
    this(apiServer, caCertificates, List.of(), limits, timeouts);
  }

  /** The same with certificates. */
  public HostIoConfig with(List<KeyManager> managers) {
    return new HostIoConfig(apiServer, caCertificates, managers, limits, timeouts);
  }

  /** With the default limits and timeouts. */
  public HostIoConfig(URI apiServer, List<X509Certificate> caCertificates) {
    this(apiServer, caCertificates, Limits.DEFAULT, Timeouts.DEFAULT);
  }

  /**
   * The part that the transport needs.
   *
   * @throws IllegalArgumentException when the URL is not of the form above
   */
  UpstreamConfig upstream() {
    return new UpstreamConfig(
        apiServer,
        caCertificates,
        keyManagers,
        limits.responseHeadBytes(),
        timeouts.connect(),
        timeouts.responseHead(),
        timeouts.bodyIdle(),
        timeouts.pingInterval(),
        timeouts.pingAnswer(),
        timeouts.unused());
  }
}
