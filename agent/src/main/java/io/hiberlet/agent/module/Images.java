package io.hiberlet.agent.module;

import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.module.registry.Keyring;
import io.hiberlet.agent.module.registry.RegistryException;
import io.hiberlet.agent.module.registry.RegistryException.Kind;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.node.NodeImage;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/**
 * The images of this node, pulled as their policies say and the kubelet would. Pulls of one image
 * with the same credentials at the same time are one; only so many are under way at once; who waits
 * for a turn is served in order. Thread-safe; blocks.
 */
public final class Images {
  private static final int MAX_PARALLEL_PULLS = 3;

  private final ImagePuller puller;
  private final ImageRecords records;
  private final ModuleStore store;
  private final PullSecrets secrets;
  private final Clock clock;
  private final Semaphore pulling = new Semaphore(MAX_PARALLEL_PULLS, true);
  private final SingleFlight<Key, Pull> pulls = new SingleFlight<>();

  /** What may be shared: never what another's credentials bring. */
  private record Key(String image, Keyring keyring) {}

  /** A pull that ended well. */
  private record Pull(PulledImage image, Duration took) {}

  public Images(
      ImagePuller puller,
      ImageRecords records,
      ModuleStore store,
      PullSecrets secrets,
      Clock clock) {
    this.puller = puller;
    this.records = records;
    this.store = store;
    this.secrets = secrets;
    this.clock = clock;
  }

  /**
   * Makes sure that an image is here. Secrets are read only when its registry is asked.
   *
   * @throws ModuleUnavailableException with the kubelet's reasons
   * @throws ModuleRefusedException when the image is not one that can be run, or too large
   * @throws IOException when the store failed
   */
  ModuleDigest ensure(ImageName image, PullRequest request)
      throws ModuleUnavailableException, ModuleRefusedException, IOException, InterruptedException {
    PullPolicy policy = PullPolicy.of(request.policy(), image);
    PullListener listener = request.listener();
    Optional<PulledImage> present = present(image);
    if (present.isPresent() && policy != PullPolicy.ALWAYS) {
      return used(image, present.get(), listener);
    }
    if (policy == PullPolicy.NEVER) {
      throw new ModuleUnavailableException(
          ModuleUnavailableException.ERR_IMAGE_NEVER_PULL,
          "Container image \"%s\" is not present with pull policy of Never".formatted(image),
          false);
    }
    try {
      Keyring keyring = secrets.read(request.namespace(), request.secrets(), listener);
      return pull(image, keyring, listener);
    } catch (RegistryException e) {
      // What a digest names cannot have changed; only a registry that answers can deny it.
      if (e.kind() == Kind.UNAVAILABLE && image.digest().isPresent() && present.isPresent()) {
        return used(image, present.get(), listener);
      }
      throw new ModuleUnavailableException(
          ModuleUnavailableException.ERR_IMAGE_PULL,
          "failed to pull image \"%s\": %s".formatted(image, e.getMessage()),
          false,
          e);
    }
  }

  private Optional<PulledImage> present(ImageName image) {
    return records.find(image).filter(found -> store.contains(found.module()));
  }

  private static ModuleDigest used(ImageName image, PulledImage present, PullListener listener) {
    listener.normal("Pulled", "Container image \"%s\" already present on machine".formatted(image));
    return present.module();
  }

  private ModuleDigest pull(ImageName image, Keyring keyring, PullListener listener)
      throws IOException, ModuleRefusedException, InterruptedException {
    listener.normal("Pulling", "Pulling image \"%s\"".formatted(image));
    long begun = System.nanoTime();
    try {
      Pull pull = pulls.run(new Key(image.canonical(), keyring), () -> pullBounded(image, keyring));
      listener.normal(
          "Pulled",
          "Successfully pulled image \"%s\" in %s (%s including waiting). Image size: %d bytes."
              .formatted(
                  image,
                  GoDuration.text(pull.took()),
                  GoDuration.text(Duration.ofNanos(System.nanoTime() - begun)),
                  pull.image().bytes()));
      return pull.image().module();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case ModuleRefusedException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private Pull pullBounded(ImageName image, Keyring keyring)
      throws IOException, ModuleRefusedException, InterruptedException {
    pulling.acquire();
    try {
      long begun = System.nanoTime();
      PulledImage pulled = puller.pull(image, keyring, digest -> records.find(image, digest));
      records.put(image, pulled, clock.instant());
      return new Pull(pulled, Duration.ofNanos(System.nanoTime() - begun));
    } finally {
      pulling.release();
    }
  }

  /** All that are here, those pulled last first. */
  List<NodeImage> list() {
    return records.list();
  }
}
