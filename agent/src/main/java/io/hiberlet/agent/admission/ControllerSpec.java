package io.hiberlet.agent.admission;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one container of an admitted pod is to be.
 *
 * @param moduleAnnotation where its module comes from, as the user wrote it; null for the image
 * @param image as the user wrote it; empty where the annotation does without one
 * @param imagePull how the image is to be had
 * @param args what WASI hands to the program; the first is the container's name where the pod names
 *     no command
 * @param memoryLimitBytes of linear memory
 * @param cpuLimit CPU seconds per second that it may use; null for as much as there is
 * @param idleAfter how long it stays in memory with nothing to do
 */
public record ControllerSpec(
    String container,
    @Nullable String moduleAnnotation,
    String image,
    ImagePull imagePull,
    List<String> args,
    Map<String, String> env,
    long memoryLimitBytes,
    @Nullable Double cpuLimit,
    Duration idleAfter) {

  public ControllerSpec {
    args = List.copyOf(args);
    env = Map.copyOf(env);
  }
}
