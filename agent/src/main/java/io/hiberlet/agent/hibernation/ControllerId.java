package io.hiberlet.agent.hibernation;

import java.util.regex.Pattern;

/**
 * Names a controller for as long as its pod exists, restarts of the agent included.
 *
 * @param podUid {@code metadata.uid} of the pod
 * @param container the container's name within the pod
 */
public record ControllerId(String podUid, String container) {

  /** What Kubernetes allows and more, but nothing that could run into the next part of a key. */
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9._-]{1,253}");

  public ControllerId {
    require("pod UID", podUid);
    require("container name", container);
  }

  static void require(String what, String part) {
    if (!PART.matcher(part).matches()) {
      throw new IllegalArgumentException("not a %s: '%s'".formatted(what, part));
    }
  }

  @Override
  public String toString() {
    return podUid + "/" + container;
  }
}
