package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.UpstreamConfig;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Where the API server is, and the limits on what guests ask of it.
 *
 * @param apiServer an https URL, or an http URL for tests and development; host and port only
 * @param caCertificates what the API server's certificate must be signed by; empty for the JDK's
 *     own trust
 */
public record HostIoConfig(
    URI apiServer, List<X509Certificate> caCertificates, Limits limits, Timeouts timeouts) {

  public HostIoConfig {
    caCertificates = List.copyOf(caCertificates);
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
        limits.responseHeadBytes(),
        timeouts.connect(),
        timeouts.responseHead(),
        timeouts.bodyIdle(),
        timeouts.pingInterval(),
        timeouts.pingAnswer(),
        timeouts.unused());
  }
}
