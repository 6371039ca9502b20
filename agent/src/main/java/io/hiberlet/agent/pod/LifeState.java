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
  ENDED
}
