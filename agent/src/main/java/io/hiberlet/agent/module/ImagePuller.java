package io.hiberlet.agent.module;

import io.hiberlet.agent.module.registry.Descriptor;
import io.hiberlet.agent.module.registry.Digest;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.module.registry.Keyring;
import io.hiberlet.agent.module.registry.Opening;
import io.hiberlet.agent.module.registry.Registries;
import io.hiberlet.agent.module.registry.RegistryClient;
import io.hiberlet.agent.module.registry.RegistryException;
import io.hiberlet.agent.module.registry.RegistryException.Kind;
import io.hiberlet.agent.module.registry.RegistryImage;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Pulls modules out of OCI registries: from artifacts of which one layer is a Wasm module (the
 * CNCF's Wasm OCI artifact layout, and the older one of wasm-to-oci), and from ordinary container
 * images that hold one. Thread-safe; blocks.
 */
public final class ImagePuller {
  private static final Set<String> WASM_LAYERS =
      Set.of("application/wasm", "application/vnd.wasm.content.layer.v1+wasm");
  private static final int MAX_LISTED = 10;

  private final Registries registries;
  private final ImageLimits limits;
  private final ModuleStore store;

  public ImagePuller(Registries registries, ImageLimits limits, ModuleStore store) {
    this.registries = registries;
    this.limits = limits;
    this.store = store;
  }

  /**
   * What came of a pull.
   *
   * @param opening with what; empty when no credentials were asked for
   */
  record Result(PulledImage image, Optional<Opening> opening) {}

  /** Where an image may be had, as {@link Keyring#lookup} takes it. */
  List<String> repositories(ImageName image) {
    return registries.repositories(image);
  }

  /**
   * Finds what an image's name leads to now, and brings its module into the store.
   *
   * @param known what is remembered of a digest; what is in the store is not read again
   * @throws RegistryException when the image cannot be had
   * @throws ModuleRefusedException when the image is not one that can be run, or too large
   * @throws IOException when the store failed
   */
  Result pull(ImageName image, Keyring keyring, Function<Digest, Optional<PulledImage>> known)
      throws IOException, ModuleRefusedException, InterruptedException {
    try (RegistryClient client = new RegistryClient(registries)) {
      var task =
          new FutureTask<>(
              () ->
                  client.read(
                      image,
                      keyring,
                      found -> {
                        PulledImage pulled = read(found, known.apply(found.digest()));
                        return new Result(pulled, found.opening());
                      }));
      Thread.ofVirtual().name("image-pull").start(task);
      try {
        return task.get(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        task.cancel(true);
      }
    } catch (TimeoutException e) {
      throw new RegistryException(
          Kind.UNAVAILABLE,
          "the pull took longer than %d s".formatted(limits.timeout().toSeconds()),
          e);
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    }
  }

  private static RuntimeException unwrapped(@Nullable Throwable cause)
      throws IOException, ModuleRefusedException {
    return switch (cause) {
      case IOException e -> throw e;
      case ModuleRefusedException e -> throw e;
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      case null, default -> new IllegalStateException(cause);
    };
  }

  private PulledImage read(RegistryImage image, Optional<PulledImage> known)
      throws IOException, ModuleRefusedException, InterruptedException {
    if (known.isPresent() && store.contains(known.get().module())) {
      return known.get();
    }
    List<Descriptor> modules =
        image.layers().stream().filter(layer -> WASM_LAYERS.contains(layer.mediaType())).toList();
    if (modules.size() == 1) {
      return artifact(image, modules.getFirst());
    }
    if (!modules.isEmpty() || !ContainerImage.isOne(image)) {
      throw new ModuleRefusedException(
          ("the image must have one layer of type application/wasm, or be a container image with"
                  + " one .wasm file; its layers are: %s")
              .formatted(
                  image.layers().stream().map(Descriptor::mediaType).limit(MAX_LISTED).toList()));
    }
    return new ContainerImage(image, store, limits.imageBytes()).pull();
  }

  private PulledImage artifact(RegistryImage image, Descriptor layer)
      throws IOException, ModuleRefusedException, InterruptedException {
    ModuleDigest module = new ModuleDigest(layer.digest().value());
    if (layer.size() > store.maxModuleBytes()) {
      throw new ModuleRefusedException(
          "the module has %d bytes, more than the %d that are allowed"
              .formatted(layer.size(), store.maxModuleBytes()));
    }
    if (!store.contains(module)) {
      try (InputStream content = image.open(layer)) {
        store.write(content, module);
      }
    }
    return new PulledImage(image.digest(), module, layer.size());
  }
}
