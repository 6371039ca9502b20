package io.hiberlet.agent.volume;

import io.hiberlet.agent.admission.MountSpec;
import io.hiberlet.agent.admission.VolumeSpec;
import io.hiberlet.agent.runtime.file.FileException;
import io.hiberlet.agent.runtime.file.GuestMount;
import io.hiberlet.agent.runtime.file.Volume;
import io.hiberlet.node.PodKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The volumes of one pod, which its containers share. Thread-safe. */
public final class VolumesOfPod {
  private final PodKey pod;
  private final Path root;
  private final VolumeInputs inputs;
  private final Delays delays;
  private final Executor blocking;

  /**
   * By the names of volumes: one that writes a volume reads its objects first, so that no older
   * content comes later.
   */
  private final Map<String, Lock> turns = new ConcurrentHashMap<>();

  // Guarded by this, which is never held while the API server is asked.
  private final Map<String, Volume> emptyDirs = new HashMap<>();
  private boolean closed;

  VolumesOfPod(PodKey pod, Path root, VolumeInputs inputs, Delays delays, Executor blocking) {
    this.pod = pod;
    this.root = root;
    this.inputs = inputs;
    this.delays = delays;
    this.blocking = blocking;
  }

  /**
   * Writes the volumes that a container has mounted, as their sources are now; blocks.
   *
   * @return when something in them has to be renewed; far away when nothing has
   * @throws VolumeException when something that they must have is missing, or cannot be had now
   */
  public Instant write(List<MountSpec> mounts) throws VolumeException {
    Set<VolumeSpec> volumes = new LinkedHashSet<>();
    mounts.forEach(mount -> volumes.add(mount.volume()));
    Instant stale = Instant.MAX;
    for (VolumeSpec volume : volumes) {
      try {
        Instant next = write(volume);
        stale = next.isBefore(stale) ? next : stale;
      } catch (VolumeException e) {
        throw new VolumeException(failed(volume, e), e.waitsFor(), e);
      } catch (IOException e) {
        throw new VolumeException(failed(volume, e), null, e);
      }
    }
    return stale;
  }

  private Instant write(VolumeSpec volume) throws VolumeException, IOException {
    return switch (volume) {
      case VolumeSpec.Files files -> write(files);
      case VolumeSpec.EmptyDir folder -> {
        make(folder);
        yield Instant.MAX;
      }
      case VolumeSpec.HostPath host -> {
        HostFolder.prepare(host);
        yield Instant.MAX;
      }
    };
  }

  private Instant write(VolumeSpec.Files volume) throws VolumeException, IOException {
    Path folder = root.resolve(volume.name());
    Lock turn = turns.computeIfAbsent(volume.name(), name -> new ReentrantLock());
    turn.lock();
    try {
      PodTokens tokens = new PodTokens(pod, folder.resolve(AtomicFolder.CURRENT), inputs);
      Map<String, byte[]> files = VolumeContent.read(volume, inputs.objects(), tokens);
      synchronized (this) {
        requireOpen();
        AtomicFolder.replace(folder, files);
      }
      return tokens.stale();
    } finally {
      turn.unlock();
    }
  }

  private synchronized void make(VolumeSpec.EmptyDir volume) throws VolumeException, IOException {
    requireOpen();
    Files.createDirectories(
        root.resolve(volume.name()),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private void requireOpen() throws VolumeException {
    if (closed) {
      throw new VolumeException("the pod is gone", null);
    }
  }

  private static String failed(VolumeSpec volume, Exception cause) {
    return "MountVolume.SetUp failed for volume \"%s\" : %s"
        .formatted(volume.name(), cause.getMessage());
  }

  /**
   * Makes the folders that {@code subPath}s name where they are missing, as the kubelet does.
   *
   * @param mounts of volumes that are written, without expressions
   */
  public void makeSubPaths(List<MountSpec> mounts) throws VolumeException {
    for (MountSpec mount : mounts) {
      boolean mayChange =
          switch (mount.volume()) {
            case VolumeSpec.Files files -> false;
            case VolumeSpec.EmptyDir folder -> true;
            case VolumeSpec.HostPath host -> !host.readOnly();
          };
      if (mayChange && !mount.subPath().isEmpty()) {
        makeSubPath(mount);
      }
    }
  }

  private void makeSubPath(MountSpec mount) throws VolumeException {
    try {
      SubFolders.make(volume(mount.volume()), names(mount));
    } catch (FileException e) {
      throw new VolumeException(notPrepared(mount), null, e);
    } catch (IOException e) {
      throw new VolumeException(notPrepared(mount) + ": " + e.getMessage(), null, e);
    }
  }

  private static String notPrepared(MountSpec mount) {
    return "failed to prepare subPath for volumeMount \"%s\": no folder can be made there"
        .formatted(mount.volume().name());
  }

  /** What a container sees of them; its mounts without expressions. */
  public List<GuestMount> mounts(List<MountSpec> mounts) {
    return mounts.stream()
        .map(
            mount ->
                new GuestMount(
                    mount.path(), volume(mount.volume()), names(mount), mount.readOnly()))
        .toList();
  }

  private Volume volume(VolumeSpec spec) {
    return switch (spec) {
      case VolumeSpec.Files files ->
          Volume.shared(root.resolve(files.name()).resolve(AtomicFolder.CURRENT), List.of());
      case VolumeSpec.EmptyDir folder -> emptyDir(folder);
      case VolumeSpec.HostPath host -> HostFolder.volume(host);
    };
  }

  /** One for all containers, as it counts what they write. */
  private synchronized Volume emptyDir(VolumeSpec.EmptyDir folder) {
    return emptyDirs.computeIfAbsent(
        folder.name(), name -> Volume.limited(root.resolve(name), folder.limitBytes()));
  }

  private static List<String> names(MountSpec mount) {
    return Stream.of(mount.subPath().split("/", -1)).filter(name -> !name.isEmpty()).toList();
  }

  /**
   * Writes them again whenever one of their objects changes or a token is stale, until that is
   * closed.
   *
   * @param trouble is told why that cannot be done; called by any thread
   */
  public VolumeUpdates follow(List<MountSpec> mounts, Consumer<String> trouble) {
    return VolumeUpdates.start(mounts, inputs, delays, blocking, () -> write(mounts), trouble);
  }

  synchronized void close() {
    closed = true;
  }
}
