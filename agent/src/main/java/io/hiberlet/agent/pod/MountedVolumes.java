package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.MountSpec;
import io.hiberlet.agent.runtime.file.GuestMount;
import io.hiberlet.agent.settings.SubPaths;
import io.hiberlet.agent.settings.UnresolvedException;
import io.hiberlet.agent.volume.PodVolumes;
import io.hiberlet.agent.volume.VolumeUpdates;
import io.hiberlet.agent.volume.VolumesOfPod;
import io.hiberlet.node.PodKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The volumes that one controller has mounted, kept up to date while it is in memory. Used by the
 * controller's owner.
 */
final class MountedVolumes {
  private final PodVolumes volumes;
  private final PodKey pod;
  private final List<MountSpec> mounts;
  private TroubleListener trouble = (reason, message) -> {};
  private @Nullable VolumeUpdates updates;

  MountedVolumes(PodVolumes volumes, PodKey pod, List<MountSpec> mounts) {
    this.volumes = volumes;
    this.pod = pod;
    this.mounts = mounts;
  }

  /** Has trouble told from now on. */
  void tellTrouble(TroubleListener listener) {
    trouble = listener;
  }

  /**
   * What a guest that is now in memory sees of them.
   *
   * @param env that its life began with
   */
  List<GuestMount> mounts(Map<String, String> env) {
    VolumesOfPod own = volumes.of(pod);
    if (updates == null) {
      TroubleListener listener = trouble;
      updates = own.follow(mounts, message -> listener.trouble("FailedMount", message));
    }
    try {
      return own.mounts(SubPaths.expand(mounts, env));
    } catch (UnresolvedException e) {
      throw new IllegalStateException("the life of a guest began with another environment", e);
    }
  }

  /** Nobody reads files while the guest sleeps. */
  void rest() {
    if (updates != null) {
      updates.close();
      updates = null;
    }
  }
}
