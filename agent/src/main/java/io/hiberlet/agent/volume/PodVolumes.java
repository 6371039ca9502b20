package io.hiberlet.agent.volume;

import io.hiberlet.agent.admission.MountSpec;
import io.hiberlet.agent.admission.VolumeSpec;
import io.hiberlet.agent.runtime.file.GuestMount;
import io.hiberlet.agent.runtime.file.Volume;
import io.hiberlet.node.object.PodObjects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The volumes of this node's pods: {@code DATA/pods/UID/.volumes/NAME}. They go with the other
 * files of their pods. Thread-safe.
 */
public final class PodVolumes {
  /** No container can have this name. */
  private static final String FOLDER = ".volumes";

  private static final int LOCKS = 16;

  private final Path root;
  private final PodObjects objects;
  private final Executor blocking;

  /** One that writes a volume reads its objects first, so that no older content comes later. */
  private final List<Lock> locks =
      Stream.generate(ReentrantLock::new).limit(LOCKS).map(Lock.class::cast).toList();

  /**
   * @param root where the files of pods are
   * @param blocking for what reads objects and writes files
   */
  public PodVolumes(Path root, PodObjects objects, Executor blocking) {
    this.root = root;
    this.objects = objects;
    this.blocking = blocking;
  }

  /**
   * Writes the volumes that a container has mounted, as their sources are now; blocks.
   *
   * @throws VolumeException when something that they must have is missing, or cannot be had now
   */
  public void write(String podUid, List<MountSpec> mounts) throws VolumeException {
    Set<VolumeSpec> volumes = new LinkedHashSet<>();
    mounts.forEach(mount -> volumes.add(mount.volume()));
    for (VolumeSpec volume : volumes) {
      try {
        write(folder(podUid, volume), volume);
      } catch (VolumeException e) {
        throw new VolumeException(failed(volume, e), e.waitsFor(), e);
      } catch (IOException e) {
        throw new VolumeException(failed(volume, e), null, e);
      }
    }
  }

  private void write(Path folder, VolumeSpec volume) throws VolumeException, IOException {
    Lock lock = locks.get(Math.floorMod(folder.hashCode(), LOCKS));
    lock.lock();
    try {
      Map<String, byte[]> files = VolumeContent.read(volume, objects);
      AtomicFolder.replace(folder, files);
    } finally {
      lock.unlock();
    }
  }

  private static String failed(VolumeSpec volume, Exception cause) {
    return "MountVolume.SetUp failed for volume \"%s\" : %s"
        .formatted(volume.name(), cause.getMessage());
  }

  /** What a container sees of them. */
  public List<GuestMount> mounts(String podUid, List<MountSpec> mounts) {
    return mounts.stream()
        .map(
            mount ->
                new GuestMount(
                    mount.path(),
                    Volume.shared(
                        folder(podUid, mount.volume()).resolve(AtomicFolder.CURRENT), List.of()),
                    Stream.of(mount.subPath().split("/", -1))
                        .filter(part -> !part.isEmpty())
                        .toList(),
                    true))
        .toList();
  }

  /** Writes them again whenever one of their objects changes, until that is closed. */
  public VolumeUpdates follow(String podUid, List<MountSpec> mounts) {
    return new VolumeUpdates(mounts, objects, blocking, () -> write(podUid, mounts));
  }

  private Path folder(String podUid, VolumeSpec volume) {
    return root.resolve(podUid).resolve(FOLDER).resolve(volume.name());
  }
}
