package io.hiberlet.agent.module;

import io.hiberlet.agent.module.ImageAccess.ShownSecret;
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
  private final CredentialsVerification verification;
  private final Clock clock;
  private final Semaphore pulling = new Semaphore(MAX_PARALLEL_PULLS, true);
  private final SingleFlight<Key, Pull> pulls = new SingleFlight<>();

  /** What may be shared: never what another's credentials bring. */
  private record Key(String image, Keyring keyring) {}

  /** A pull that ended well. */
  private record Pull(ImagePuller.Result result, Duration took) {}

  public Images(
      ImagePuller puller,
      ImageRecords records,
      ModuleStore store,
      PullSecrets secrets,
      CredentialsVerification verification,
      Clock clock) {
    this.puller = puller;
    this.records = records;
    this.store = store;
    this.secrets = secrets;
    this.verification = verification;
    this.clock = clock;
  }

  /**
   * Makes sure that an image is here, and that the pod may use it. Secrets are read only when there
   * is need of them.
   *
   * @throws ModuleUnavailableException with the kubelet's reasons
   * @throws ModuleRefusedException when the image is not one that can be run, or too large
   * @throws IOException when the store failed
   */
  ModuleDigest ensure(ImageName image, PullRequest request)
      throws ModuleUnavailableException, ModuleRefusedException, IOException, InterruptedException {
    PullPolicy policy = PullPolicy.of(request.policy(), image);
    Optional<ImageRecord> present =
        records.find(image).filter(found -> store.contains(found.image().module()));
    boolean asIs = present.isPresent() && policy != PullPolicy.ALWAYS;
    if (asIs && isForAll(image, present.get())) {
      return used(image, present.get(), request.listener());
    }
    if (policy == PullPolicy.NEVER && present.isEmpty()) {
      throw notPresent(image);
    }
    PodCredentials shown = secrets.read(request.namespace(), request.secrets(), request.listener());
    if (asIs && isFor(image, present.get(), shown)) {
      return used(image, present.get(), request.listener());
    }
    if (policy == PullPolicy.NEVER) {
      throw notPresent(image); // not even that it is here is for those who may not use it
    }
    return pullOrUse(image, present, shown, request.listener());
  }

  private ModuleDigest pullOrUse(
      ImageName image, Optional<ImageRecord> present, PodCredentials shown, PullListener listener)
      throws ModuleUnavailableException, ModuleRefusedException, IOException, InterruptedException {
    try {
      return pull(image, shown, listener);
    } catch (RegistryException e) {
      // What a digest names cannot have changed; only a registry that answers can deny it.
      if (e.kind() == Kind.UNAVAILABLE
          && image.digest().isPresent()
          && present.isPresent()
          && (isForAll(image, present.get()) || isFor(image, present.get(), shown))) {
        return used(image, present.get(), listener);
      }
      throw new ModuleUnavailableException(
          ModuleUnavailableException.ERR_IMAGE_PULL,
          "failed to pull image \"%s\": %s".formatted(image, e.getMessage()),
          false,
          e);
    }
  }

  private static ModuleUnavailableException notPresent(ImageName image) {
    return new ModuleUnavailableException(
        ModuleUnavailableException.ERR_IMAGE_NEVER_PULL,
        "Container image \"%s\" is not present with pull policy of Never".formatted(image),
        false);
  }

  /** Whether nobody need show anything for an image that is here. */
  private boolean isForAll(ImageName image, ImageRecord present) {
    return !verification.isNeeded(image, present.access().isEmpty())
        || present.access().filter(ImageAccess::everyone).isPresent();
  }

  /** Whether the credentials that are shown opened the image before. */
  private boolean isFor(ImageName image, ImageRecord present, PodCredentials shown)
      throws IOException {
    List<ShownSecret> known =
        present
            .access()
            .map(access -> shown.known(access, puller.repositories(image)))
            .orElse(List.of());
    if (!known.isEmpty()) {
      records.grant(image, present.digest(), ImageAccess.of(known));
    }
    return !known.isEmpty();
  }

  private static ModuleDigest used(ImageName image, ImageRecord present, PullListener listener) {
    listener.normal(
        "Pulled",
        "Container image \"%s\" already present on machine and can be accessed by the pod"
            .formatted(image));
    return present.image().module();
  }

  private ModuleDigest pull(ImageName image, PodCredentials shown, PullListener listener)
      throws IOException, ModuleRefusedException, InterruptedException {
    listener.normal("Pulling", "Pulling image \"%s\"".formatted(image));
    long begun = System.nanoTime();
    try {
      Pull pull =
          pulls.run(new Key(image.canonical(), shown.all()), () -> pullBounded(image, shown));
      PulledImage pulled = pull.result().image();
      records.grant(image, pulled.digest(), shown.access(pull.result().opening()));
      listener.normal(
          "Pulled",
          "Successfully pulled image \"%s\" in %s (%s including waiting). Image size: %d bytes."
              .formatted(
                  image,
                  GoDuration.text(pull.took()),
                  GoDuration.text(Duration.ofNanos(System.nanoTime() - begun)),
                  pulled.bytes()));
      return pulled.module();
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

  private Pull pullBounded(ImageName image, PodCredentials shown)
      throws IOException, ModuleRefusedException, InterruptedException {
    pulling.acquire();
    try {
      long begun = System.nanoTime();
      ImagePuller.Result pulled =
          puller.pull(
              image, shown.all(), digest -> records.find(image, digest).map(ImageRecord::image));
      records.put(image, pulled.image(), shown.access(pulled.opening()), clock.instant());
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
