package io.hiberlet.snapshot;

class MemorySnapshotStoreTest extends SnapshotStoreContract {

  @Override
  protected SnapshotStore open() {
    return new MemorySnapshotStore();
  }
}
