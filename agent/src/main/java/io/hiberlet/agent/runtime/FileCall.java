package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import io.hiberlet.agent.runtime.OpenFiles.Open;
import io.hiberlet.agent.runtime.file.FileException;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.io.IOException;

/** A call of WASI preview 1 that concerns an open descriptor, its first argument. */
@FunctionalInterface
interface FileCall {

  /** Answers with a number of {@link WasiErrno}, by returning it or by throwing. */
  int answer(Instance instance, Open open, long[] args) throws IOException;

  /**
   * Goes on only if that is so.
   *
   * @param errno of {@link WasiErrno}
   */
  static void require(boolean allowed, int errno) throws FileException {
    if (!allowed) {
      throw new FileException(errno);
    }
  }

  /** Refuses a pointer that does not lead to so many bytes. */
  static void requireInside(Instance instance, int pointer, int length) throws FileException {
    require(GuestPointers.inside(instance, pointer, length), WasiErrno.FAULT);
  }
}
