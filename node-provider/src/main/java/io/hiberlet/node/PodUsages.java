package io.hiberlet.node;

import java.util.List;

/**
 * Measures what the pods of this node take of it. Thread-safe. Waits for no guest, so that a busy
 * node can be looked at.
 */
@FunctionalInterface
public interface PodUsages {

  /**
   * Every pod of which a container runs, in any order.
   *
   * @param withDisk whether to measure the disk as well, which may read it; otherwise those numbers
   *     are 0
   */
  List<PodUsage> measure(boolean withDisk);
}
