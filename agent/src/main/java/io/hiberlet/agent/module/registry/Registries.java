package io.hiberlet.agent.module.registry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the node's configuration says that registries are reached. Immutable.
 *
 * @param insecure {@code HOST} or {@code HOST:PORT} of those that speak plain HTTP, mirrors too
 * @param mirrors by registry: what is asked before it, in this order; {@code HOST[:PORT][/PREFIX]}
 * @param caFiles by {@code HOST} or {@code HOST:PORT}, mirrors too: PEM certificates of those who
 *     may vouch for it, besides the authorities of the JVM
 */
public record Registries(
    Set<String> insecure, Map<String, List<String>> mirrors, Map<String, Path> caFiles) {
  private static final String DOCKER_HUB = "docker.io";
  private static final String DOCKER_HUB_HOST = "registry-1.docker.io";

  public Registries {
    insecure = Set.copyOf(insecure);
    mirrors = Map.copyOf(mirrors);
    caFiles = Map.copyOf(caFiles);
  }

  /** Where an image may be had, as {@link Keyring#lookup} takes it. */
  public List<String> repositories(ImageName image) {
    return endpoints(image).stream().map(Endpoint::credentialsFor).toList();
  }

  /** Where an image may be had, in the order in which to ask. */
  List<Endpoint> endpoints(ImageName image) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String mirror : mirrors.getOrDefault(image.registry(), List.of())) {
      endpoints.add(mirror(mirror, image));
    }
    endpoints.add(registry(image));
    return endpoints;
  }

  /** Where an image is at home. */
  Endpoint registry(ImageName image) {
    String registry = image.registry();
    return new Endpoint(
        registry.equals(DOCKER_HUB) ? DOCKER_HUB_HOST : registry,
        image.repository(),
        image.fullRepository(),
        insecure.contains(registry),
        Optional.ofNullable(caFiles.get(registry)));
  }

  private Endpoint mirror(String mirror, ImageName image) {
    int slash = mirror.indexOf('/');
    String host = slash < 0 ? mirror : mirror.substring(0, slash);
    String repository =
        slash < 0 ? image.repository() : mirror.substring(slash + 1) + "/" + image.repository();
    return new Endpoint(
        host,
        repository,
        host + "/" + repository,
        insecure.contains(host),
        Optional.ofNullable(caFiles.get(host)));
  }
}
