package io.hiberlet.node.log;

import org.jspecify.annotations.Nullable;

/** Where those who follow the log of a container get its next run from. */
@FunctionalInterface
public interface NextRun {

  /** For those who follow one run only. */
  NextRun NONE = ended -> null;

  /**
   * Waits until a container that has ended begins anew.
   *
   * @param ended the number of the run that is over
   * @return the log of a later run; null when there will be none
   */
  @Nullable ContainerLog after(int ended) throws InterruptedException;
}
