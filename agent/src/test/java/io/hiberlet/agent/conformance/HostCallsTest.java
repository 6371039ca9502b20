package io.hiberlet.agent.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.agent.conformance.GuestBench.Rest;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.TestModules;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What guest and host do together at the limits, with the host's real operations. */
class HostCallsTest {
  private static final long GIANT_BYTES = 8L << 20;
  private static final byte HEAD = 1;
  private static final byte CHUNK = 2;
  private static final byte END = 3;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @ParameterizedTest
  @EnumSource(
      value = Rest.class,
      names = {"NONE", "SLEEP"})
  void aPayloadOfEightMebibytesIsReadWhole(Rest rest) throws Exception {
    run(rest);
    ByteBuffer told = ByteBuffer.wrap(log.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(HEAD, told.get());
    assertEquals(CHUNK, told.get());
    assertEquals(GIANT_BYTES * 'x', told.getLong(), "the sum of its bytes");
    assertEquals(GIANT_BYTES, told.getLong());
    assertEquals(END, told.get());
    assertEquals(0, told.remaining());
  }

  @Test
  void whatTheInitialiserAsksForIsAnsweredInAWake() throws Exception {
    run(Rest.SLEEP);
    assertEquals(HEAD, log.toByteArray()[0], "its wake is the first to hear of it");
  }

  private void run(Rest rest) throws Exception {
    GuestModule module = GuestModule.compile(TestModules.bytes("giant"), ModuleLimits.DEFAULT);
    var environment = new GuestEnvironment(GuestSettings.NONE, List.of(), log, log, 64 << 20);
    try (GuestBench bench =
        new GuestBench(
            module,
            environment,
            between -> rest,
            later -> new TaskServer(List.of(), new SplittableRandom(1), later))) {
      bench.runUntil(() -> log.size() >= 2 + 2 * Long.BYTES + 1);
    }
  }
}
