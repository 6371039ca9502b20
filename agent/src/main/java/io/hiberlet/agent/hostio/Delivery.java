package io.hiberlet.agent.hostio;

import org.jspecify.annotations.Nullable;

/** A completion on its way to the guest. Guarded by the {@link Inbox} that it is in. */
final class Delivery {
  /** What a completion costs besides its payload: a flood of tiny ones is a flood. */
  private static final long OVERHEAD_BYTES = 64;

  private final @Nullable Operation operation;
  private final Completion completion;
  private @Nullable String position;

  /**
   * @param operation null when nobody asked for it
   */
  Delivery(@Nullable Operation operation, Completion completion) {
    this.operation = operation;
    this.completion = completion;
  }

  @Nullable Operation operation() {
    return operation;
  }

  Completion completion() {
    return completion;
  }

  long costBytes() {
    return OVERHEAD_BYTES + completion.payload().length;
  }

  /** Where a watch stands once the guest has read this; null when it does not move. */
  @Nullable String position() {
    return position;
  }

  void moveTo(@Nullable String newPosition) {
    position = newPosition;
  }

  /** Whether the operation is over when the guest has read this. */
  boolean isLast() {
    return switch (completion.kind()) {
      case END, ERROR, TIMER -> true;
      default -> false;
    };
  }
}
