package io.hiberlet.agent.admission;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a container's image is to be had.
 *
 * @param policy as the pod has it; null for the default
 * @param secrets names of the pod's {@code imagePullSecrets}; admission has put those of its
 *     service account among them
 */
public record ImagePull(@Nullable String policy, List<String> secrets) {
  /** By default, with no credentials. */
  public static final ImagePull DEFAULT = new ImagePull(null, List.of());

  public ImagePull {
    secrets = List.copyOf(secrets);
  }
}
