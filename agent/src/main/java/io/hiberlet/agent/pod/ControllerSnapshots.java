package io.hiberlet.agent.pod;

import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.ControllerSnapshot;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hibernation.SavedSnapshot;
import io.hiberlet.agent.hibernation.StoredController;
import io.hiberlet.agent.hibernation.StoredPages;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.snapshot.StoreException;
import org.jspecify.annotations.Nullable;
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

  /**
   * What is stored of the resident guest, as far as it is remembered. Null for a life that was
   * never saved: whatever may be stored under its name does not count.
   */
  private @Nullable StoredPages stored;

  ControllerSnapshots(ControllerId id, String moduleDigest, ControllerServices services) {
    this.id = id;
    this.moduleDigest = moduleDigest;
    this.services = services;
  }

  /** Whose they are. */
  ControllerId id() {
    return id;
  }

  /** What the guest's code is. */
  String moduleDigest() {
    return moduleDigest;
  }

  /**
   * Writes the state of a guest and of what it waits for, in one.
   *
   * @return the bytes written
   * @throws StoreException when nothing could be written
   */
  long write(Guest guest, OperationsState operations) {
    long began = System.nanoTime();
    ControllerSnapshot snapshot =
        new ControllerSnapshot(
            moduleDigest, guest.capture(), operations, services.clock().instant());
    StoredPages before = stored == null ? StoredPages.NONE : stored;
    SavedSnapshot saved = services.snapshots().save(id, snapshot, before);
    guest.stored();
    stored = saved.pages();
    services.metrics().suspended(System.nanoTime() - began, saved.bytes(), pages(snapshot.guest()));
    return saved.bytes();
  }

  /** Whether this life was written down before. */
  boolean exist() {
    return stored != null;
  }

  /** The guest is dropped; what is stored of it need not be remembered until it is read again. */
  void forget() {
    if (stored != null) {
      stored = StoredPages.NONE;
    }
  }

  /**
   * The guest as it was written last.
   *
   * @throws CorruptSnapshotException when there is none that can be trusted
   * @throws GuestStateException when it is of another module
   * @throws StoreException when the disk fails
   */
  GuestState read() throws CorruptSnapshotException, GuestStateException {
    StoredController last = last();
    stored = last.pages();
    GuestState guest = last.snapshot().guest();
    services.metrics().read(pages(guest));
    return guest;
  }

  /**
   * The same, for one who only looks at it.
   *
   * @throws IllegalStateException when there is none that can be used; whoever resumes it will find
   *     that as well, and deal with it
   */
  Guest copy(GuestSource source) {
    try {
      return source.copy(last().snapshot().guest());
    } catch (CorruptSnapshotException | GuestStateException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private StoredController last() throws CorruptSnapshotException, GuestStateException {
    StoredController last = services.snapshots().load(id).orElseThrow(ControllerSnapshots::missing);
    String digest = last.snapshot().moduleDigest();
    if (!digest.equals(moduleDigest)) {
      throw new GuestStateException("the snapshot is of module " + digest);
    }
    return last;
  }

  /**
   * What it waited for as it was written last.
   *
   * @throws CorruptSnapshotException when there is nothing that can be trusted
   * @throws StoreException when the disk fails
   */
  OperationsState operations() throws CorruptSnapshotException {
    return services.snapshots().operations(id).orElseThrow(ControllerSnapshots::missing);
  }

  /** Takes a snapshot that cannot be used out of the way; a disk that fails leaves it there. */
  void quarantine(String reason) {
    log.atError().addKeyValue("controller", id).addKeyValue("reason", reason).log("Corrupt");
    services.metrics().quarantined();
    try {
      services.snapshots().quarantine(id, reason);
    } catch (StoreException e) {
      log.atWarn().addKeyValue("controller", id).setCause(e).log("A snapshot was not quarantined");
    }
  }

  /** Keeps a watch's newer position. One that is not kept means that the watch repeats more. */
  void movePosition(long operation, String resourceVersion) {
    try {
      services.snapshots().movePosition(id, operation, resourceVersion);
    } catch (StoreException e) {
      log.atWarn().addKeyValue("controller", id).setCause(e).log("A watch position was not kept");
    }
  }

  private static long pages(GuestState guest) {
    return guest.memories().stream().mapToLong(memory -> memory.pages().size()).sum();
  }

  private static CorruptSnapshotException missing() {
    return new CorruptSnapshotException("there is no snapshot of it");
  }
}
