package io.hiberlet.agent.module.registry;

import io.hiberlet.agent.module.registry.Manifests.Platform;
import io.hiberlet.agent.module.registry.Manifests.Variant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Chooses the image of an index that is for this node. */
final class Platforms {
  private static final int MAX_LISTED = 10;

  /** As Docker, buildkit, TinyGo and Go call them; preview 2 makes components, not modules. */
  private static final List<String> SYSTEMS = List.of("wasip1", "wasi");

  private static final List<String> ARCHITECTURES = List.of("wasm", "wasm32");
  private static final String PREVIEW_2 = "wasip2";

  private Platforms() {}

  /** The best for Wasm; else the only one that there is. */
  static Descriptor choose(List<Variant> variants) throws RegistryException {
    List<Variant> images = variants.stream().filter(each -> !isAttestation(each)).toList();
    for (String system : SYSTEMS) {
      Optional<Variant> exact = first(images, each -> isWasm(each) && system.equals(each.os()));
      if (exact.isPresent()) {
        return exact.get().descriptor();
      }
    }
    return first(images, each -> isWasm(each) && !PREVIEW_2.equals(each.os()))
        .or(() -> images.size() == 1 ? Optional.of(images.getFirst()) : Optional.empty())
        .orElseThrow(() -> none(images))
        .descriptor();
  }

  private static Optional<Variant> first(List<Variant> images, Predicate<Platform> wanted) {
    return images.stream().filter(each -> each.platform().filter(wanted).isPresent()).findFirst();
  }

  private static boolean isWasm(Platform platform) {
    return platform.architecture() != null && ARCHITECTURES.contains(platform.architecture());
  }

  /** Build tools put statements about an image beside it, for the platform unknown/unknown. */
  private static boolean isAttestation(Variant variant) {
    return variant.platform().filter(each -> "unknown".equals(each.architecture())).isPresent();
  }

  private static RegistryException none(List<Variant> images) {
    List<String> names =
        images.stream()
            .map(each -> each.platform().map(Platform::toString).orElse("none"))
            .limit(MAX_LISTED)
            .toList();
    return new RegistryException(
        RegistryException.Kind.INVALID,
        "the image has no variant for wasi/wasm; its platforms are: " + String.join(", ", names));
  }
}
