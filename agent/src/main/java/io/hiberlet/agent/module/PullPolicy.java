package io.hiberlet.agent.module;

import io.hiberlet.agent.module.registry.ImageName;
import org.jspecify.annotations.Nullable;

/** When an image is looked for in its registry; the policies of the Kubernetes API. */
public enum PullPolicy {
  ALWAYS,
  IF_NOT_PRESENT,
  NEVER;

  /**
   * A container's policy, with the default of the Kubernetes API.
   *
   * @param text as the pod has it; null for the default
   */
  static PullPolicy of(@Nullable String text, ImageName image) {
    return switch (text) {
      case "Always" -> ALWAYS;
      case "IfNotPresent" -> IF_NOT_PRESENT;
      case "Never" -> NEVER;
      case null, default -> image.isLatest() ? ALWAYS : IF_NOT_PRESENT;
    };
  }
}
