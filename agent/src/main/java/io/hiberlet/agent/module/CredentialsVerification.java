package io.hiberlet.agent.module;

import io.hiberlet.agent.module.registry.ImageName;
import java.util.Set;

/**
 * Which images that are here a pod must show credentials for, or the registry's consent: the
 * kubelet's {@code imagePullCredentialsVerificationPolicy} (KEP-2535). Immutable.
 *
 * @param allowed for {@link Policy#NEVER_VERIFY_ALLOWLISTED_IMAGES}: repositories, without tag and
 *     digest, or what they begin with, followed by {@code *}
 */
public record CredentialsVerification(Policy policy, Set<String> allowed) {
  /** The kubelet's default. */
  public static final CredentialsVerification DEFAULT =
      new CredentialsVerification(Policy.NEVER_VERIFY_PRELOADED_IMAGES, Set.of());

  /** The kubelet's policies. */
  public enum Policy {
    /** For none. */
    NEVER_VERIFY,
    /** For those that this node has pulled itself. */
    NEVER_VERIFY_PRELOADED_IMAGES,
    /** For all but those of a list. */
    NEVER_VERIFY_ALLOWLISTED_IMAGES,
    /** For all. */
    ALWAYS_VERIFY
  }

  public CredentialsVerification {
    allowed = Set.copyOf(allowed);
  }

  /**
   * @param preloaded whether nobody has pulled it here, as far as is known
   */
  boolean isNeeded(ImageName image, boolean preloaded) {
    return switch (policy) {
      case NEVER_VERIFY -> false;
      case NEVER_VERIFY_PRELOADED_IMAGES -> !preloaded;
      case NEVER_VERIFY_ALLOWLISTED_IMAGES -> !isAllowed(image.fullRepository());
      case ALWAYS_VERIFY -> true;
    };
  }

  private boolean isAllowed(String repository) {
    return allowed.stream()
        .anyMatch(
            each ->
                each.endsWith("*")
                    ? repository.startsWith(each.substring(0, each.length() - 1))
                    : repository.equals(each));
  }
}
