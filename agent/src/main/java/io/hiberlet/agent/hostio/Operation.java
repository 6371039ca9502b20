package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.OperationsState.Pending;
import io.hiberlet.agent.hostio.http.UpstreamException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Something that a guest asked for, until it has read the last of the answer. Every method runs
 * inside {@link Inbox#exclusively}.
 */
abstract class Operation {
  private static final byte[] NOTHING = {};

  private final long id;
  private final OperationContext context;
  private long waitingBytes;

  Operation(long id, OperationContext context) {
    this.id = id;
    this.context = context;
  }

  final long id() {
    return id;
  }

  final OperationContext context() {
    return context;
  }

  /** What the guest has not read yet, in bytes. */
  final long waitingBytes() {
    return waitingBytes;
  }

  /** Begins, or begins again after a restart. Called once. */
  abstract void start();

  /** Stops whatever is under way. What was delivered is no concern of this. */
  abstract void stop();

  /** What the guest knows of it, to go on from later. */
  abstract Pending capture();

  /** Whether the guest has heard of it: of what it asked for, always. */
  boolean isKnown() {
    return true;
  }

  abstract OperationInfo describe();

  /** The guest has read one of its completions. */
  void onTaken(Delivery delivery) {}

  final void take(Delivery delivery) {
    waitingBytes -= delivery.costBytes();
    onTaken(delivery);
  }

  final Delivery deliver(Completion.Kind kind, byte[] payload) {
    Delivery delivery = new Delivery(this, new Completion(id, kind, payload));
    waitingBytes += delivery.costBytes();
    context.inbox().add(delivery);
    return delivery;
  }

  final Delivery deliverEnd() {
    return deliver(Completion.Kind.END, NOTHING);
  }

  final void deliverError(Errno errno, String sentence) {
    byte[] text = sentence.getBytes(StandardCharsets.UTF_8);
    ByteBuffer payload =
        ByteBuffer.allocate(Integer.BYTES + text.length).order(ByteOrder.LITTLE_ENDIAN);
    payload.putInt(errno.number()).put(text);
    deliver(Completion.Kind.ERROR, payload.array());
  }

  final void deliverError(UpstreamException failure) {
    Errno errno =
        switch (failure.reason()) {
          case CONNECTION -> Errno.IO;
          case TIMEOUT -> Errno.TIMEDOUT;
          case TOO_LARGE -> Errno.FBIG;
        };
    deliverError(errno, failure.sentence());
  }
}
