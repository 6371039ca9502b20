package io.hiberlet.node;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The size of a client's terminal, and who wants to know of it. Thread-safe. */
public final class TerminalSizes {
  private @Nullable TerminalSize latest;
  private @Nullable Consumer<TerminalSize> listener;

  /** The terminal has this size now. */
  public synchronized void changed(TerminalSize size) {
    latest = size;
    if (listener != null) {
      listener.accept(size);
    }
  }

  /**
   * Has somebody told of every size from now on, and of the latest so far.
   *
   * @param newListener called by any thread, never by two at once; must not block
   */
  public synchronized void listen(Consumer<TerminalSize> newListener) {
    listener = newListener;
    if (latest != null) {
      newListener.accept(latest);
    }
  }
}
