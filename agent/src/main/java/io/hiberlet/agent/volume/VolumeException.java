package io.hiberlet.agent.volume;

import io.hiberlet.node.object.ObjectName;
import org.jspecify.annotations.Nullable;

/** A volume cannot be made ready now; the message is what the kubelet would say. */
public final class VolumeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable ObjectName waitsFor;

  VolumeException(String message, @Nullable ObjectName waitsFor) {
    super(message);
    this.waitsFor = waitsFor;
  }

  VolumeException(String message, @Nullable ObjectName waitsFor, Throwable cause) {
    super(message, cause);
    this.waitsFor = waitsFor;
  }

  /** A change of which object may help; null when it is tried again by the clock alone. */
  public @Nullable ObjectName waitsFor() {
    return waitsFor;
  }
}
