package io.hiberlet.agent.module;

import io.hiberlet.agent.module.ModuleReference.ConfigMapKey;
import io.hiberlet.agent.module.ModuleReference.ModuleFile;
import io.hiberlet.agent.module.ModuleReference.OciImage;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.node.NodeImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * All modules of this node: fetched to disk once per reference that is asked for, compiled once per
 * digest. Thread-safe. Its calls block, from milliseconds to minutes.
 */
public final class Modules {
  private static final int MAX_PARALLEL_FETCHES = 3;

  private final ModuleStore store;
  private final Images images;
  private final ModuleSource<ConfigMapKey> configMaps;
  private final ModuleSource<ModuleFile> files;
  private final ModuleLoader loader;
  private final ModuleCollector collector;

  private final Semaphore fetching = new Semaphore(MAX_PARALLEL_FETCHES, true);
  private final SingleFlight<ModuleReference, ModuleDigest> fetches = new SingleFlight<>();

  private final SingleFlight<ModuleDigest, GuestModule> loads = new SingleFlight<>();

  public Modules(
      ModuleStore store,
      Images images,
      ModuleSource<ConfigMapKey> configMaps,
      ModuleSource<ModuleFile> files,
      ModuleLoader loader,
      ModuleCollector collector) {
    this.store = store;
    this.images = images;
    this.configMaps = configMaps;
    this.files = files;
    this.loader = loader;
    this.collector = collector;
  }

  /**
   * Brings what a reference names into the store: an image as its policy says, anything else as it
   * is now. Fetches of one reference at the same time are one.
   *
   * @throws ModuleUnavailableException when it cannot be had
   * @throws ModuleRefusedException when it is no module, or too large
   */
  public ModuleDigest fetch(ModuleReference reference, PullRequest request)
      throws ModuleUnavailableException, ModuleRefusedException, InterruptedException {
    try {
      return reference instanceof OciImage(ImageName name)
          ? images.ensure(name, request)
          : fetches.run(reference, () -> fetchBounded(reference));
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    } catch (IOException e) {
      throw unwrapped(e);
    }
  }

  /**
   * The compiled module of a digest. Taken from memory, else from the disk, else compiled now.
   *
   * @throws ModuleUnavailableException when it is not in the store and must be fetched again
   * @throws ModuleRefusedException when it cannot be run here
   */
  public GuestModule load(ModuleDigest digest)
      throws ModuleUnavailableException, ModuleRefusedException, InterruptedException {
    @Nullable GuestModule present = loader.inMemory(digest);
    if (present != null) {
      return present;
    }
    try (ModuleUses.Hold _ = store.uses().hold(digest)) {
      return loads.run(digest, () -> loadUnlessPresent(digest));
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    }
  }

  /** The images on this node, those pulled last first. */
  public List<NodeImage> images() {
    return images.list();
  }

  /**
   * Removes what nobody uses, if it is old or the disk is full.
   *
   * @param inUse what pods run, be it resident, hibernated or waiting to be started again
   * @throws IOException when the disk failed
   */
  public void collectGarbage(Set<ModuleDigest> inUse) throws IOException {
    collector.collect(inUse);
  }

  /**
   * What modules take of the disk, in bytes, compiled ones included.
   *
   * @throws UncheckedIOException when the disk failed
   */
  public long bytesOnDisk() {
    try {
      return store.folderBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ModuleDigest fetchBounded(ModuleReference reference) throws Exception {
    fetching.acquire();
    try {
      return switch (reference) {
        case OciImage _ -> throw new IllegalStateException("images are fetched by Images");
        case ConfigMapKey key -> configMaps.fetch(key, store);
        case ModuleFile file -> files.fetch(file, store);
      };
    } finally {
      fetching.release();
    }
  }

  private GuestModule loadUnlessPresent(ModuleDigest digest) throws Exception {
    @Nullable GuestModule present = loader.inMemory(digest); // a flight may just have landed
    return present != null ? present : loader.load(digest);
  }

  /** Rethrows what a shared attempt threw; a disk that fails is one more way to be unavailable. */
  private static RuntimeException unwrapped(@Nullable Throwable cause)
      throws ModuleUnavailableException, ModuleRefusedException {
    return switch (cause) {
      case ModuleUnavailableException e -> throw e;
      case ModuleRefusedException e -> throw e;
      case IOException e ->
          throw new ModuleUnavailableException(
              ModuleUnavailableException.CREATE_CONTAINER_ERROR,
              "the node's module store failed: " + e.getMessage(),
              false,
              e);
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      case null, default -> new IllegalStateException(cause);
    };
  }
}
