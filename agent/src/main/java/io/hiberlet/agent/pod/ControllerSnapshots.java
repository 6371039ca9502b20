package io.hiberlet.agent.pod;

import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.ControllerSnapshot;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.snapshot.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of one controller's life. Used by the controller's owner only; reaches the disk.
 */
final class ControllerSnapshots {
  private static final Logger log = LoggerFactory.getLogger(ControllerSnapshots.class);

  private final ControllerId id;
  private final String moduleDigest;
  private final ControllerServices services;

  ControllerSnapshots(ControllerId id, String moduleDigest, ControllerServices services) {
    this.id = id;
    this.moduleDigest = moduleDigest;
    this.services = services;
  }

  /**
   * Writes the state of a guest and of what it waits for, in one.
   *
   * @return the bytes written
   * @throws StoreException when nothing could be written
   */
  long write(GuestState guest, OperationsState operations) {
    long began = System.nanoTime();
    ControllerSnapshot snapshot =
        new ControllerSnapshot(moduleDigest, guest, operations, services.clock().instant());
    long bytes = services.snapshots().save(id, snapshot);
    services.metrics().suspended(System.nanoTime() - began, bytes);
    return bytes;
  }

  /**
   * The guest as it was written last.
   *
   * @throws CorruptSnapshotException when there is none that can be trusted
   * @throws StoreException when the disk fails
   */
  GuestState read() throws CorruptSnapshotException {
    return services
        .snapshots()
        .load(id)
        .orElseThrow(() -> new CorruptSnapshotException("there is no snapshot of it"))
        .guest();
  }

  /** Keeps a watch's newer position. One that is not kept means that the watch repeats more. */
  void movePosition(long operation, String resourceVersion) {
    try {
      services.snapshots().movePosition(id, operation, resourceVersion);
    } catch (StoreException e) {
      log.atWarn().addKeyValue("controller", id).setCause(e).log("A watch position was not kept");
    }
  }
}
