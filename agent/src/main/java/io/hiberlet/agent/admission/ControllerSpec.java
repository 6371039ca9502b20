package io.hiberlet.agent.admission;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one container of an admitted pod is to be.
 *
 * @param restartPolicy when it is started again; of an init container never after a success
 * @param moduleAnnotation where its module comes from, as the user wrote it; null for the image
 * @param image as the user wrote it; empty where the annotation does without one
 * @param imagePull how the image is to be had
 * @param args what WASI hands to the program, as the pod has it; the first is the container's name
 *     where the pod names no command
 * @param env where its environment comes from, in the order in which one replaces the other
 * @param workingDir an absolute path; null for none
 * @param mounts the files that it sees
 * @param memoryLimitBytes of linear memory
 * @param cpuLimit CPU seconds per second that it may use; null for as much as there is
 * @param probes how it is found out whether it is well
 * @param idleAfter how long it stays in memory with nothing to do
 * @param timerSlack how much longer than until its next deadline it may sleep
 */
public record ControllerSpec(
    String container,
    ContainerRole role,
    RestartPolicy restartPolicy,
    @Nullable String moduleAnnotation,
    String image,
    ImagePull imagePull,
    List<String> args,
    List<EnvSource> env,
    @Nullable String workingDir,
    List<MountSpec> mounts,
    long memoryLimitBytes,
    @Nullable Double cpuLimit,
    ProbeSpecs probes,
    Duration idleAfter,
    Duration timerSlack) {

  public ControllerSpec {
    args = List.copyOf(args);
    env = List.copyOf(env);
    mounts = List.copyOf(mounts);
  }

  /** What it runs, as the user wrote it. */
  public String module() {
    return moduleAnnotation == null ? image : moduleAnnotation;
  }
}
