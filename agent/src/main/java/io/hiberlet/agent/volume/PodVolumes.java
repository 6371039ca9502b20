package io.hiberlet.agent.volume;

import io.hiberlet.node.PodKey;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The volumes of this node's pods: {@code DATA/pods/UID/.volumes/NAME}. They go with the other
 * files of their pods. Thread-safe.
 */
public final class PodVolumes {
  /** No container can have this name. */
  private static final String FOLDER = ".volumes";

  private final Path root;
  private final VolumeInputs inputs;
  private final Delays delays;
  private final Executor blocking;
  private final Map<String, VolumesOfPod> pods = new ConcurrentHashMap<>();

  /**
   * @param root where the files of pods are
   * @param blocking for what reads objects and writes files
   */
  public PodVolumes(Path root, VolumeInputs inputs, Delays delays, Executor blocking) {
    this.root = root;
    this.inputs = inputs;
    this.delays = delays;
    this.blocking = blocking;
  }

  /** Those of a pod. To be asked for before the pod is forgotten, and only once it is known. */
  public VolumesOfPod of(PodKey pod) {
    return pods.computeIfAbsent(
        pod.uid(),
        uid -> new VolumesOfPod(pod, root.resolve(uid).resolve(FOLDER), inputs, delays, blocking));
  }

  /** The pod is gone: once this has returned, nothing is written to its volumes any more. */
  public void forget(String podUid) {
    VolumesOfPod volumes = pods.remove(podUid);
    if (volumes != null) {
      volumes.close();
    }
  }
}
