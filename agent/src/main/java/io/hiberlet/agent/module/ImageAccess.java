package io.hiberlet.agent.module;

import java.util.ArrayList;
import java.util.List;

/**
 * Who has shown that it may use an image: what the kubelet keeps as {@code ImagePullCredentials}
 * (KEP-2535). Immutable.
 *
 * @param everyone whether all pods of the node may: it was pulled without credentials, or with the
 *     node's own
 * @param secrets that opened it, the latest first
 */
record ImageAccess(boolean everyone, List<ShownSecret> secrets) {
  static final ImageAccess EVERYONE = new ImageAccess(true, List.of());

  /** Those that opened it longest ago have to show themselves to the registry again. */
  private static final int MAX_SECRETS = 16;

  /**
   * A Secret that opened an image.
   *
   * @param hash of the credentials in it that did
   */
  record ShownSecret(String namespace, String name, String hash) {
    boolean isSameObject(ShownSecret other) {
      return isNamed(other.namespace, other.name);
    }

    boolean isNamed(String otherNamespace, String otherName) {
      return namespace.equals(otherNamespace) && name.equals(otherName);
    }
  }

  ImageAccess {
    secrets = List.copyOf(secrets);
  }

  static ImageAccess of(List<ShownSecret> secrets) {
    return new ImageAccess(false, secrets.stream().limit(MAX_SECRETS).toList());
  }

  /** This, and what has been shown since. */
  ImageAccess plus(ImageAccess more) {
    if (everyone || more.everyone) {
      return EVERYONE;
    }
    if (secrets.containsAll(more.secrets)) {
      return this;
    }
    List<ShownSecret> all = new ArrayList<>(more.secrets);
    secrets.stream()
        .filter(old -> more.secrets.stream().noneMatch(old::isSameObject))
        .forEach(all::add);
    return of(all);
  }
}
