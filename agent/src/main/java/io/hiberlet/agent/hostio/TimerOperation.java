package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.OperationsState.Pending;
import io.hiberlet.agent.hostio.WallClock.Alarm;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tells the guest that a time of day has come. */
final class TimerOperation extends Operation implements Runnable {
  private final Instant due;
  private @Nullable Alarm alarm;

  TimerOperation(long id, OperationContext context, Instant due) {
    super(id, context);
    this.due = due;
  }

  @Override
  void start() {
    alarm = context().clock().alarm(due, this);
  }

  /** The alarm rings. */
  @Override
  public void run() {
    context().inbox().exclusively(this::fire);
  }

  @Override
  void stop() {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
  }

  @Override
  Pending capture() {
    return new OperationsState.Timer(id(), due);
  }

  @Override
  OperationInfo describe() {
    String state = alarm == null ? "fired" : "waiting";
    return new OperationInfo(id(), "timer", "", state, null, due, waitingBytes());
  }

  private void fire() {
    if (alarm != null) {
      alarm = null;
      deliver(Completion.Kind.TIMER, new byte[0]);
    }
  }
}
