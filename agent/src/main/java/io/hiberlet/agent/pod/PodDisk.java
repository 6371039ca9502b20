package io.hiberlet.agent.pod;

import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.snapshot.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What pods keep on the disk: snapshots, logs and volumes. Thread-safe; measuring reads the disk.
 */
record PodDisk(PodFiles files, SnapshotRepository snapshots) {
  private static final Logger log = LoggerFactory.getLogger(PodDisk.class);

  /** All that a pod has there. */
  long bytes(String podUid) {
    return snapshotBytes(podUid) + files.bytes(podUid);
  }

  private long snapshotBytes(String podUid) {
    try {
      return snapshots.bytes(podUid);
    } catch (StoreException e) { // a damaged snapshot must not stand in the way of the others
      log.atWarn().addKeyValue("pod", podUid).setCause(e).log("Snapshots were not measured");
      return 0;
    }
  }
}
