package io.hiberlet.agent.module;

import io.hiberlet.agent.module.ModuleReference.ConfigMapKey;
import io.hiberlet.agent.module.ModuleReference.ModuleFile;
import io.hiberlet.agent.module.ModuleReference.OciImage;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * All modules of this node: fetched to disk once per reference that is asked for, compiled once per
 * digest. Thread-safe. Its calls block, from milliseconds to minutes.
 */
public final class Modules {
  private static final int MAX_PARALLEL_FETCHES = 3;

  /** Parser and compiler follow the nesting of the module. */
  private static final long COMPILER_STACK_BYTES = 8L << 20;

  private final ModuleStore store;
  private final ModuleSource<OciImage> images;
  private final ModuleSource<ConfigMapKey> configMaps;
  private final ModuleSource<ModuleFile> files;
  private final ModuleLimits limits;

  private final Semaphore fetching = new Semaphore(MAX_PARALLEL_FETCHES, true);
  private final SingleFlight<ModuleReference, ModuleDigest> fetches = new SingleFlight<>();

  /** Compiling takes many times a module's size: one at a time. */
  private final Semaphore compiling = new Semaphore(1, true);

  private final SingleFlight<ModuleDigest, GuestModule> compilations = new SingleFlight<>();

  /** Every guest holds its module; one without guests goes when memory is short. */
  private final Map<ModuleDigest, SoftReference<GuestModule>> loaded = new ConcurrentHashMap<>();

  public Modules(
      ModuleStore store,
      ModuleSource<OciImage> images,
      ModuleSource<ConfigMapKey> configMaps,
      ModuleSource<ModuleFile> files,
      ModuleLimits limits) {
    this.store = store;
    this.images = images;
    this.configMaps = configMaps;
    this.files = files;
    this.limits = limits;
  }

  /**
   * Brings what a reference names now into the store. Fetches of one reference at the same time are
   * one.
   *
   * @throws ModuleUnavailableException when it cannot be had
   * @throws ModuleRefusedException when it is no module, or too large
   */
  public ModuleDigest fetch(ModuleReference reference)
      throws ModuleUnavailableException, ModuleRefusedException, InterruptedException {
    try {
      return fetches.run(reference, () -> fetchBounded(reference));
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    }
  }

  /**
   * The compiled module of a digest. Compiled now, unless it is in memory.
   *
   * @throws ModuleUnavailableException when it is not in the store and must be fetched again
   * @throws ModuleRefusedException when it cannot be run here
   */
  public GuestModule load(ModuleDigest digest)
      throws ModuleUnavailableException, ModuleRefusedException, InterruptedException {
    @Nullable GuestModule present = inMemory(digest);
    if (present != null) {
      return present;
    }
    try {
      return compilations.run(digest, () -> compileAndKeep(digest));
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    }
  }

  private ModuleDigest fetchBounded(ModuleReference reference) throws Exception {
    fetching.acquire();
    try {
      return switch (reference) {
        case OciImage image -> images.fetch(image, store);
        case ConfigMapKey key -> configMaps.fetch(key, store);
        case ModuleFile file -> files.fetch(file, store);
      };
    } finally {
      fetching.release();
    }
  }

  private @Nullable GuestModule inMemory(ModuleDigest digest) {
    @Nullable SoftReference<GuestModule> reference = loaded.get(digest);
    return reference == null ? null : reference.get();
  }

  private GuestModule compileAndKeep(ModuleDigest digest) throws Exception {
    @Nullable GuestModule present = inMemory(digest); // a flight may just have landed
    if (present != null) {
      return present;
    }
    loaded.values().removeIf(reference -> reference.get() == null);
    GuestModule module = compile(digest);
    loaded.put(digest, new SoftReference<>(module));
    return module;
  }

  /** On a thread of its own, for its stack. It ends when it is done, also when nobody waits. */
  private GuestModule compile(ModuleDigest digest) throws Exception {
    compiling.acquire();
    var task =
        new FutureTask<>(
            () -> {
              try {
                return GuestModule.compile(bytes(digest), limits);
              } finally {
                compiling.release();
              }
            });
    var thread = new Thread(null, task, "module-compiler", COMPILER_STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    }
  }

  private byte[] bytes(ModuleDigest digest) throws IOException, ModuleUnavailableException {
    return store
        .read(digest)
        .orElseThrow(
            () ->
                new ModuleUnavailableException(
                    ModuleUnavailableException.CREATE_CONTAINER_ERROR,
                    "module %s is not on this node any more".formatted(digest),
                    false));
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
