package io.hiberlet.benchmarks;

/** Many controllers that wait for a timer far away. Used by one thread. */
interface Population {

  /**
   * Begins their lives.
   *
   * @param prefix of their names, which must not have been used before
   * @param kib the working set of each
   */
  void start(String prefix, int count, int kib);

  /** Ends them all and deletes what is stored of them. */
  void deleteAll();
}
