package io.hiberlet.agent.pod;

/** Where a life of a controller is. */
enum LifeState {
  /** Its first instance is not there yet. */
  NEW,
  /** It has an instance in memory. */
  RESIDENT,
  /** It is on the disk. */
  HIBERNATED,
  /** For good. */
  ENDED;

  /** Tells of one that is in memory now, or on the disk. */
  void tell(ControllerObserver observer) {
    if (this == RESIDENT) {
      observer.resident();
    } else {
      observer.hibernated();
    }
  }
}
