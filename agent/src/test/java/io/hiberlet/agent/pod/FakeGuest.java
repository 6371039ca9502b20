package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestCrowdedOutException;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.agent.runtime.RoomToGrow;
import io.hiberlet.agent.runtime.SparePages;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A guest whose memory is one number: how many completions it has read. */
final class FakeGuest implements Guest {

  /** What it does with a completion. */
  interface Script {
    void act(HostCalls calls, long read, Completion.Kind kind)
        throws GuestTrapException, GuestExitException;

    /** How many bytes more it holds for that. */
    default long grows() {
      return 0;
    }
  }

  static final long HELD_BYTES = 1 << 20;

  private final HostCalls calls;
  private final Script script;
  private RoomToGrow room = RoomToGrow.AMPLE;
  private long read;

  FakeGuest(HostCalls calls, Script script, long read) {
    this.calls = calls;
    this.script = script;
    this.read = read;
  }

  /** Makes fakes as a module makes guests; a new life begins with a timer. */
  static GuestSource source(Script script, Duration firstTimer) {
    return new GuestSource() {
      @Override
      public boolean handlesExec() {
        return true;
      }

      @Override
      public Guest start(GuestSettings settings, HostCalls calls) {
        calls.timer(firstTimer.toMillis());
        return new FakeGuest(calls, script, 0);
      }

      @Override
      public Guest resume(HostCalls calls, GuestState state) {
        return new FakeGuest(calls, script, state.globals()[0]);
      }

      @Override
      public Guest copy(GuestState state) {
        throw new AssertionError("nobody looks");
      }
    };
  }

  @Override
  public void wake() throws GuestTrapException, GuestExitException {
    for (Completion next = calls.next(); next != null; next = calls.next()) {
      if (!room.take(script.grows())) {
        throw new GuestCrowdedOutException(new IllegalStateException("no room"));
      }
      read++;
      script.act(calls, read, next.kind());
    }
  }

  @Override
  public long heldBytes() {
    return HELD_BYTES;
  }

  @Override
  public GuestState capture() {
    return new GuestState(
        List.of(),
        new long[] {read},
        List.of(),
        List.of(),
        List.of(),
        0,
        Instant.EPOCH,
        GuestSettings.NONE,
        List.of());
  }

  @Override
  public void stored() {}

  @Override
  public boolean handlesExec() {
    return true;
  }

  @Override
  public long memoryBytes() {
    return Long.BYTES;
  }

  @Override
  public void writeMemory(OutputStream to) {
    throw new AssertionError("nobody looks");
  }

  @Override
  public void takeRoomFrom(RoomToGrow provider) {
    room = provider;
  }

  @Override
  public void release(SparePages spare) {}

  @Override
  public void close() {}
}
