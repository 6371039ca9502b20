package io.hiberlet.agent.settings;

import io.hiberlet.node.object.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * A container's configuration cannot be put together now. The message is the kubelet's where it has
 * one, and names keys and objects but never a value.
 */
public final class UnresolvedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable ObjectName waitsFor;

  UnresolvedException(String message, @Nullable ObjectName waitsFor) {
    super(message);
    this.waitsFor = waitsFor;
  }

  UnresolvedException(String message, ObjectName waitsFor, Throwable cause) {
    super(message, cause);
    this.waitsFor = waitsFor;
  }

  /** A change of which object may help; null when none would. */
  public @Nullable ObjectName waitsFor() {
    return waitsFor;
  }
}
