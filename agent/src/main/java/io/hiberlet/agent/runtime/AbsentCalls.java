package io.hiberlet.agent.runtime;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.Errno;
import io.hiberlet.agent.hostio.HostCalls;
import org.jspecify.annotations.Nullable;

/** The host of guests that nobody wakes, and of functions that are only asked for their types. */
final class AbsentCalls implements HostCalls {
  @Override
  public long httpRequest(byte[] message, int flags) {
    return Errno.NOSYS.result();
  }

  @Override
  public long timer(long millis) {
    return Errno.NOSYS.result();
  }

  @Override
  public void wakeIn(long millis) {}

  @Override
  public int cancel(long operation) {
    return Errno.NOSYS.result();
  }

  @Override
  public int execRead(long operation, byte[] into) {
    return Errno.NOSYS.result();
  }

  @Override
  public int execWrite(long operation, int stream, byte[] bytes) {
    return Errno.NOSYS.result();
  }

  @Override
  public int execExit(long operation, int code) {
    return Errno.NOSYS.result();
  }

  @Override
  public @Nullable Completion next() {
    return null;
  }
}
