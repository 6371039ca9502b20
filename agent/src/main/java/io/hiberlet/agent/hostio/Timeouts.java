package io.hiberlet.agent.hostio;

import java.time.Duration;

/**
 * How long the host waits for the API server.
 *
 * @param connect for a connection that can be used
 * @param responseHead for the head of an answer, waiting for a connection included
 * @param bodyIdle for the next piece of an answer that is not streamed
 * @param pingInterval how long an HTTP/2 connection in use may be silent before it is tested
 * @param pingAnswer how long the answer to that test may take
 * @param unused how long a connection is kept that nobody uses
 * @param firstRetry before a watch is tried for the second time; doubled each time after
 * @param lastRetry the longest time between two tries
 */
public record Timeouts(
    Duration connect,
    Duration responseHead,
    Duration bodyIdle,
    Duration pingInterval,
    Duration pingAnswer,
    Duration unused,
    Duration firstRetry,
    Duration lastRetry) {

  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(90),
          Duration.ofMillis(500),
          Duration.ofSeconds(30));
}
