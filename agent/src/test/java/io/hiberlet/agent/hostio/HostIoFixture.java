package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Upstream;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;

/** Host I/O on a server and in a time that a test made. */
public final class HostIoFixture {
  /** So little room for what is not delivered yet that a stream is paused after a few lines. */
  private static final int UNDELIVERED_BYTES = Upstream.MAX_HELD_BYTES + 1024;

  private HostIoFixture() {}

  /** Runs an action at a time; answers how to take that back. */
  @FunctionalInterface
  public interface Alarms {
    Runnable at(Instant due, Runnable action);
  }

  /** Everything that host I/O does by itself happens on one executor. */
  public static HostIo open(
      Upstream upstream,
      InstantSource time,
      Alarms alarms,
      Executor loop,
      SplittableRandom random) {
    HostIoConfig config =
        new HostIoConfig(URI.create("http://model"), List.of(), narrow(), Timeouts.DEFAULT);
    WallClock clock =
        new WallClock() {
          @Override
          public Instant now() {
            return time.instant();
          }

          @Override
          public Alarm alarm(Instant due, Runnable action) {
            return alarms.at(due, action)::run;
          }
        };
    return new HostIo(config, upstream, clock, loop, random);
  }

  private static Limits narrow() {
    Limits usual = Limits.DEFAULT;
    return new Limits(
        usual.messageBytes(),
        usual.headBytes(),
        usual.responseHeadBytes(),
        usual.gatheredBytes(),
        usual.lineBytes(),
        usual.operations(),
        UNDELIVERED_BYTES,
        usual.gatheredBytesOfAll());
  }
}
