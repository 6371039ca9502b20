package io.hiberlet.node.api;

import java.time.Duration;

/**
 * What clients of the kubelet API may take from this device.
 *
 * @param maxConnections one more is closed at once
 * @param maxHeaderBytes of a request's first line, and again of all its headers; the arguments of
 *     an exec are in the first line
 * @param maxBodyBytes of a request's body; no route needs one
 * @param handshakeTimeout from the connection to the end of the TLS handshake
 * @param requestTimeout in which a request must have come as a whole, idle time before it included
 * @param streamIdleTimeout for how long the streams of an exec or attach may carry nothing; the
 *     kubelet's streamingConnectionIdleTimeout
 */
public record ServerLimits(
    int maxConnections,
    int maxHeaderBytes,
    int maxBodyBytes,
    Duration handshakeTimeout,
    Duration requestTimeout,
    Duration streamIdleTimeout) {

  public static final ServerLimits DEFAULTS =
      new ServerLimits(
          256,
          32 << 10,
          4 << 10,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofHours(4));
}
