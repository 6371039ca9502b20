package io.hiberlet.agent.packaging;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.Errno;
import io.hiberlet.agent.hostio.HostCalls;
import org.jspecify.annotations.Nullable;

/** A host that takes every request and timer, sends nothing, and never answers. Of one guest. */
final class UnansweredCalls implements HostCalls {
  private long lastId;

  @Override
  public long httpRequest(byte[] message, int flags) {
    return ++lastId;
  }

  @Override
  public long timer(long millis) {
    return ++lastId;
  }

  @Override
  public void wakeIn(long millis) {}

  @Override
  public int cancel(long operation) {
    return operation > 0 && operation <= lastId ? 0 : Errno.NOENT.result();
  }

  @Override
  public int execRead(long operation, byte[] into) {
    return Errno.NOENT.result();
  }

  @Override
  public int execWrite(long operation, int stream, byte[] bytes) {
    return Errno.NOENT.result();
  }

  @Override
  public int execExit(long operation, int code) {
    return Errno.NOENT.result();
  }

  @Override
  public @Nullable Completion next() {
    return null;
  }
}
