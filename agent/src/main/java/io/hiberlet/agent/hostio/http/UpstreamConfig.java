package io.hiberlet.agent.hostio.http;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManager;

/**
 * Where the server is and how long to wait for it.
 *
 * @param server an https URL, or an http URL for tests and development; host and port only
 * @param caCertificates what its certificate must be signed by; empty for the JDK's own trust
 * @param keyManagers with whose certificates it is told who asks; empty for none
 * @param responseHeadBytes the largest head of an answer
 * @param connect from the first packet to the end of the TLS handshake and the HTTP/2 preface
 * @param responseHead from the request to the head of its answer, waiting for a connection included
 * @param bodyIdle between two pieces of an answer that is not {@link UpstreamRequest#streaming}
 * @param pingInterval how long an HTTP/2 connection with requests on it may be silent before it is
 *     asked for a sign of life
 * @param pingAnswer how long it may take to give it
 * @param unused how long a connection without requests is kept
 */
public record UpstreamConfig(
    URI server,
    List<X509Certificate> caCertificates,
    List<KeyManager> keyManagers,
    int responseHeadBytes,
    Duration connect,
    Duration responseHead,
    Duration bodyIdle,
    Duration pingInterval,
    Duration pingAnswer,
    Duration unused) {

  public UpstreamConfig {
    caCertificates = List.copyOf(caCertificates);
    keyManagers = List.copyOf(keyManagers);
    boolean scheme = "https".equals(server.getScheme()) || "http".equals(server.getScheme());
    boolean path = server.getRawPath() == null || server.getRawPath().matches("/?");
    if (!scheme || server.getHost() == null || !path || server.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the API server's address must be http(s)://HOST[:PORT], not " + server);
    }
  }

  boolean secure() {
    return "https".equals(server.getScheme());
  }

  /** Host name or address, without the brackets of an IPv6 literal. */
  String host() {
    String host = server.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  int port() {
    if (server.getPort() >= 0) {
      return server.getPort();
    }
    return secure() ? 443 : 80;
  }

  /** What goes into {@code Host} (RFC 9110, 7.2). */
  String authority() {
    return server.getPort() < 0 ? server.getHost() : server.getHost() + ":" + server.getPort();
  }
}
