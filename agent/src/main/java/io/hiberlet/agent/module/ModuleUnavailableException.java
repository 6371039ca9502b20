package io.hiberlet.agent.module;

/**
 * A module could not be had. Reason and message are what {@code kubectl} shows for a container that
 * waits.
 */
public final class ModuleUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  /** A pull failed, as the kubelet calls it. */
  public static final String ERR_IMAGE_PULL = "ErrImagePull";

  /** An image is not here, and may not be pulled, as the kubelet calls it. */
  public static final String ERR_IMAGE_NEVER_PULL = "ErrImageNeverPull";

  /** A reference is not one, as the kubelet calls it. */
  public static final String INVALID_IMAGE_NAME = "InvalidImageName";

  /** Something that the pod's specification names is missing or malformed, as the kubelet does. */
  public static final String CREATE_CONTAINER_CONFIG_ERROR = "CreateContainerConfigError";

  /** The node could not do its part, as the kubelet calls it. */
  public static final String CREATE_CONTAINER_ERROR = "CreateContainerError";

  private final String reason;
  private final boolean permanent;

  /**
   * @param permanent whether only a change of the pod can help; otherwise it is worth trying again
   */
  public ModuleUnavailableException(String reason, String message, boolean permanent) {
    super(message);
    this.reason = reason;
    this.permanent = permanent;
  }

  public ModuleUnavailableException(
      String reason, String message, boolean permanent, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.permanent = permanent;
  }

  public String reason() {
    return reason;
  }

  public boolean permanent() {
    return permanent;
  }
}
