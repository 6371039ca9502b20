package io.hiberlet.agent.module;

import io.hiberlet.agent.module.ModuleReference.OciImage;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import land.oras.ContainerRef;
import land.oras.Layer;
import land.oras.Registry;
import land.oras.exception.OrasException;
import org.jspecify.annotations.Nullable;

/**
 * Modules in OCI registries: artifacts of which one layer is a Wasm module (the CNCF's Wasm OCI
 * artifact layout, and the older one of wasm-to-oci). Anonymous. TLS, except for the registries
 * that the node's configuration calls insecure.
 */
public final class OciModuleSource implements ModuleSource<OciImage> {
  private static final Set<String> WASM_LAYERS =
      Set.of("application/wasm", "application/vnd.wasm.content.layer.v1+wasm");
  private static final int MAX_CAUSES = 10;
  private static final int MAX_LISTED = 10;

  private final Set<String> insecureRegistries;
  private final Duration timeout;

  /**
   * @param insecureRegistries {@code host} or {@code host:port} of those that speak plain HTTP
   * @param timeout of a whole pull
   */
  public OciModuleSource(Set<String> insecureRegistries, Duration timeout) {
    this.insecureRegistries = Set.copyOf(insecureRegistries);
    this.timeout = timeout;
  }

  @Override
  public ModuleDigest fetch(OciImage image, ModuleStore store)
      throws ModuleUnavailableException, ModuleRefusedException, InterruptedException {
    return withinTimeout(image, () -> pull(image, store));
  }

  private ModuleDigest pull(OciImage image, ModuleStore store)
      throws ModuleUnavailableException, ModuleRefusedException {
    try {
      ContainerRef reference = qualified(image);
      Registry registry = registry(reference);
      Layer layer = wasmLayer(OciManifests.layers(registry, reference));
      var digest = new ModuleDigest(String.valueOf(layer.getDigest()));
      if (!store.contains(digest)) {
        requireSize(layer, store);
        try (InputStream module = registry.fetchBlob(reference.withDigest(digest.value()))) {
          store.write(module, digest);
        }
      }
      return digest;
    } catch (OrasException | IllegalArgumentException | IOException e) {
      throw unavailable(image, reason(e), e);
    } catch (StackOverflowError e) { // ORAS follows redirects by recursion, without a limit
      throw unavailable(image, "the registry redirects in a circle", e);
    }
  }

  /** As Kubernetes has it, an image without a registry is one of Docker Hub's. */
  private static ContainerRef qualified(OciImage image) {
    ContainerRef reference = ContainerRef.parse(image.image());
    return reference.isUnqualified() ? reference.forRegistry("docker.io") : reference;
  }

  private Registry registry(ContainerRef reference) {
    return Registry.builder()
        .withRegistry(reference.getRegistry())
        .withInsecure(insecureRegistries.contains(reference.getRegistry()))
        .withExecutorService(ForkJoinPool.commonPool()) // it would make a pool per registry
        .build();
  }

  private static Layer wasmLayer(List<Layer> layers) throws ModuleRefusedException {
    List<Layer> modules =
        layers.stream().filter(layer -> WASM_LAYERS.contains(layer.getMediaType())).toList();
    if (modules.size() != 1) {
      throw new ModuleRefusedException(
          "the image must have one layer of type application/wasm, but its layers are: "
              + layers.stream().map(Layer::getMediaType).limit(MAX_LISTED).toList());
    }
    return modules.getFirst();
  }

  private static void requireSize(Layer layer, ModuleStore store) throws ModuleRefusedException {
    @Nullable Long size = layer.getSize();
    if (size != null && size > store.maxModuleBytes()) {
      throw new ModuleRefusedException(
          "the module has %d bytes, more than the %d that are allowed"
              .formatted(size, store.maxModuleBytes()));
    }
  }

  /** ORAS waits for an answer without end; interrupted, it gives up. */
  private ModuleDigest withinTimeout(OciImage image, Callable<ModuleDigest> pull)
      throws ModuleUnavailableException, ModuleRefusedException, InterruptedException {
    var task = new FutureTask<>(pull);
    Thread.ofVirtual().name("module-pull").start(task);
    try {
      return task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unavailable(image, "no answer within " + timeout.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case ModuleUnavailableException unavailable -> throw unavailable;
        case ModuleRefusedException refused -> throw refused;
        case null, default -> throw unavailable(image, reason(e), e);
      }
    } finally {
      task.cancel(true);
    }
  }

  /** What a person can do something about: the registry's answer, or the first cause. */
  private static String reason(Throwable thrown) {
    if (thrown instanceof OrasException oras && oras.getStatusCode() > 0) {
      return switch (oras.getStatusCode()) {
        case 401, 403 -> "the registry denies access (%d)".formatted(oras.getStatusCode());
        case 404 -> "not found";
        default -> "the registry answers %d".formatted(oras.getStatusCode());
      };
    }
    List<Throwable> causes = causes(thrown);
    if (causes.stream().anyMatch(UnresolvedAddressException.class::isInstance)) {
      return "the registry's name is unknown";
    }
    if (causes.stream().anyMatch(ConnectException.class::isInstance)) {
      return "cannot connect to the registry";
    }
    Throwable root = causes.getLast();
    return root.getClass().getSimpleName() + ": " + root.getMessage();
  }

  private static List<Throwable> causes(Throwable thrown) {
    return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES).toList();
  }

  private static ModuleUnavailableException unavailable(
      OciImage image, String reason, Throwable cause) {
    return new ModuleUnavailableException(
        ModuleUnavailableException.ERR_IMAGE_PULL,
        "failed to pull image \"%s\": %s".formatted(image.image(), reason),
        false,
        cause);
  }
}
