package io.hiberlet.snapshot;

/**
 * The maps of a store. A name, once released, keeps its meaning for ever: it is part of the format
 * on the disk.
 */
public enum Table {
  /** What is known of each pod: key is its UID. */
  PODS("pods"),
  /** The state of each controller but its memory pages. */
  SNAPSHOTS("snapshots"),
  /** Memory pages of hibernated controllers. */
  PAGES("pages"),
  /** Positions of watches that moved on without their controller being woken. */
  POSITIONS("positions"),
  /** Events that the API server has not taken yet: key is a number that grows. */
  EVENTS("events");

  private final String storedName;

  Table(String storedName) {
    this.storedName = storedName;
  }

  /** The name in the store. */
  public String storedName() {
    return storedName;
  }
}
