package io.hiberlet.agent.module;

import io.hiberlet.agent.module.ImageAccess.ShownSecret;
import io.hiberlet.agent.module.registry.Credentials;
import io.hiberlet.agent.module.registry.Keyring;
import io.hiberlet.agent.module.registry.Opening;
import java.util.List;
import java.util.Optional;

/**
 * What a pod has to show to registries. Immutable.
 *
 * @param ofSecrets in the order in which the pod names them
 * @param ofNode which are all pods'
 */
record PodCredentials(List<OfSecret> ofSecrets, Keyring ofNode) {

  /**
   * What a Secret holds.
   *
   * @param keyring empty when the API server did not say
   */
  record OfSecret(String namespace, String name, Optional<Keyring> keyring) {}

  PodCredentials {
    ofSecrets = List.copyOf(ofSecrets);
  }

  /** All of it, in the order in which to try. */
  Keyring all() {
    Keyring all = Keyring.EMPTY;
    for (OfSecret secret : ofSecrets) {
      all = all.plus(secret.keyring().orElse(Keyring.EMPTY));
    }
    return all.plus(ofNode);
  }

  /** Who may use what these opened from now on. */
  ImageAccess access(Optional<Opening> opening) {
    if (opening.isEmpty() || opens(ofNode, opening.get())) {
      return ImageAccess.EVERYONE;
    }
    String hash = opening.get().credentials().hash();
    return ImageAccess.of(
        ofSecrets.stream()
            .filter(secret -> secret.keyring().filter(own -> opens(own, opening.get())).isPresent())
            .map(secret -> new ShownSecret(secret.namespace(), secret.name(), hash))
            .toList());
  }

  private static boolean opens(Keyring keyring, Opening opening) {
    return keyring.lookup(opening.repository()).contains(opening.credentials());
  }

  /**
   * Those of the Secrets that opened an image before, by what they hold; by their name while the
   * API server does not say what they hold.
   *
   * @param repositories where the image may be had, as {@link Keyring#lookup} takes it
   */
  List<ShownSecret> known(ImageAccess access, List<String> repositories) {
    return ofSecrets.stream()
        .flatMap(
            secret ->
                access.secrets().stream()
                    .filter(shown -> isKnown(secret, shown, repositories))
                    .map(shown -> new ShownSecret(secret.namespace(), secret.name(), shown.hash())))
        .toList();
  }

  private static boolean isKnown(OfSecret secret, ShownSecret shown, List<String> repositories) {
    return secret
        .keyring()
        .map(
            keyring ->
                repositories.stream()
                    .flatMap(repository -> keyring.lookup(repository).stream())
                    .map(Credentials::hash)
                    .anyMatch(shown.hash()::equals))
        .orElseGet(() -> shown.isNamed(secret.namespace(), secret.name()));
  }
}
