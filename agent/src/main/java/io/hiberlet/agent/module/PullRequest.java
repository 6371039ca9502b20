package io.hiberlet.agent.module;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pod says about how its image is to be had.
 *
 * @param namespace the pod's
 * @param policy as the pod has it; null for the default
 * @param secrets names of Secrets of the namespace
 */
public record PullRequest(
    String namespace, @Nullable String policy, List<String> secrets, PullListener listener) {
  public PullRequest {
    secrets = List.copyOf(secrets);
  }
}
