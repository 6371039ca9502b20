package io.hiberlet.node.client;

import io.kubernetes.client.openapi.ApiException;
import java.net.HttpURLConnection;

/** Why something that a pod needs could not be had from the API server. */
public final class ResourceException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What a caller may want to do about it. */
  public enum Reason {
    /** It does not exist; waiting for it may help. */
    NOT_FOUND,
    /** This node may not have it; only a change of the pod or of permissions helps. */
    FORBIDDEN,
    /** The server is away, overloaded or at odds with the request; trying again may help. */
    UNAVAILABLE
  }

  private final Reason reason;

  ResourceException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /**
   * What an answer of the API server means.
   *
   * @param what was asked for
   * @param rule what a node may ask for, for whoever wonders why this is forbidden
   */
  public static ResourceException of(ApiException e, String what, String rule) {
    String message = what + ": " + ApiErrors.describe(e);
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_NOT_FOUND -> new ResourceException(Reason.NOT_FOUND, message, e);
      case HttpURLConnection.HTTP_FORBIDDEN ->
          new ResourceException(Reason.FORBIDDEN, message + " (" + rule + ")", e);
      default -> new ResourceException(Reason.UNAVAILABLE, message, e);
    };
  }

  public Reason reason() {
    return reason;
  }
}
