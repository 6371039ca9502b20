package io.hiberlet.agent.module;

import io.hiberlet.agent.module.compiler.CompilerFailedException;
import io.hiberlet.agent.module.compiler.ModuleCompiler;
import io.hiberlet.agent.runtime.ArtifactException;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleArtifact;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings modules from the disk into memory; compiles those that are not compiled yet. This process
 * never looks into a module as it came, only into what the compiler made of it. Thread-safe, but of
 * one digest by one thread at a time.
 */
public final class ModuleLoader {
  private static final Logger log = LoggerFactory.getLogger(ModuleLoader.class);

  /** The second time, with what was compiled a moment before. */
  private static final int ATTEMPTS = 2;

  private final ModuleStore modules;
  private final ArtifactStore artifacts;
  private final ModuleCompiler compiler;
  private final ModuleLimits limits;
  private final LoadedModules loaded;
  private final RecentRefusals refusals = new RecentRefusals(System::nanoTime);

  public ModuleLoader(
      ModuleStore modules,
      ArtifactStore artifacts,
      ModuleCompiler compiler,
      ModuleLimits limits,
      LoadBudget budget) {
    this.modules = modules;
    this.artifacts = artifacts;
    this.compiler = compiler;
    this.limits = limits;
    this.loaded = new LoadedModules(budget);
  }

  /** The module, if it is in memory. */
  @Nullable GuestModule inMemory(ModuleDigest digest) {
    return loaded.get(digest);
  }

  /** Loads a module, from the disk if it is compiled there already. */
  GuestModule load(ModuleDigest digest)
      throws ModuleUnavailableException, ModuleRefusedException, IOException, InterruptedException {
    refusals.check(digest);
    try {
      return compiledAndLoaded(digest);
    } catch (ModuleRefusedException e) {
      refusals.add(digest, e);
      throw e;
    }
  }

  private GuestModule compiledAndLoaded(ModuleDigest digest)
      throws ModuleUnavailableException, ModuleRefusedException, IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try (ModuleArtifact artifact = compiled(digest)) {
        return loaded(digest, artifact);
      } catch (ArtifactException e) {
        artifacts.remove(digest, e);
        if (attempt == ATTEMPTS) {
          throw new IOException("what was just compiled is " + e.getMessage(), e);
        }
      }
    }
  }

  private ModuleArtifact compiled(ModuleDigest digest)
      throws ModuleUnavailableException, ModuleRefusedException, IOException, InterruptedException {
    Optional<ModuleArtifact> present = artifacts.open(digest);
    if (present.isPresent()) {
      return present.get();
    }
    Path wasm = modules.verified(digest).orElseThrow(() -> gone(digest));
    long begun = System.nanoTime();
    try {
      artifacts.compile(digest, wasm, compiler);
    } catch (CompilerFailedException e) {
      throw new ModuleUnavailableException(
          ModuleUnavailableException.CREATE_CONTAINER_ERROR,
          String.valueOf(e.getMessage()),
          false,
          e);
    }
    log.atInfo()
        .addKeyValue("digest", digest)
        .addKeyValue("millis", Duration.ofNanos(System.nanoTime() - begun).toMillis())
        .log("Compiled a module");
    return artifacts
        .open(digest)
        .orElseThrow(() -> new IOException("what was just compiled cannot be read"));
  }

  /** One at a time: two must not take the same room. */
  private synchronized GuestModule loaded(ModuleDigest digest, ModuleArtifact artifact)
      throws ArtifactException, ModuleRefusedException, ModuleUnavailableException {
    var weight = new LoadBudget(artifact.heapBytes(), artifact.classBytes());
    if (!loaded.makeRoom(weight)) {
      throw new ModuleUnavailableException(
          ModuleUnavailableException.CREATE_CONTAINER_ERROR,
          ("no room in memory for the module, which takes %d KiB of the heap and has %d KiB of"
                  + " compiled code; HIBERLET_JAVA_OPTS can give the agent more, with -Xmx and"
                  + " -XX:MaxMetaspaceSize")
              .formatted(weight.heapBytes() >> 10, weight.classBytes() >> 10),
          false);
    }
    GuestModule module = artifact.load(limits);
    loaded.put(digest, module, weight);
    return module;
  }

  private static ModuleUnavailableException gone(ModuleDigest digest) {
    return new ModuleUnavailableException(
        ModuleUnavailableException.CREATE_CONTAINER_ERROR,
        "module %s is not on this node any more".formatted(digest),
        false);
  }
}
