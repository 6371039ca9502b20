package io.hiberlet.agent.module;

import io.hiberlet.agent.module.compiler.CompilerFailedException;
import io.hiberlet.agent.module.compiler.ModuleCompiler;
import io.hiberlet.agent.runtime.ArtifactException;
import io.hiberlet.agent.runtime.ModuleArtifact;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled modules on disk, by the digest of the module. Survives crashes at any moment: one is
 * there whole or not at all. All of it can be removed while the agent is stopped, and is made again
 * when it is needed. Thread-safe; one per folder, which it shares with {@link ModuleStore}.
 *
 * <pre>
 * modules/
 *   0123…cdef.compiled   a module, compiled: a jar file, see ModuleArtifact
 *   compiling/           what the compiler is at, or was when the agent died
 * </pre>
 */
public final class ArtifactStore {
  private static final Logger log = LoggerFactory.getLogger(ArtifactStore.class);

  static final String COMPILED = ".compiled";
  private static final String SCRATCH = "compiling";

  private final Path folder;
  private final Path scratch;

  /** Makes the folder if need be, and removes what a crash left half made. */
  public ArtifactStore(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.scratch = folder.resolve(SCRATCH);
    removeTree(scratch);
    Files.createDirectories(scratch);
  }

  /**
   * A compiled module, to be closed. Empty when it is not there, or of no use to this version of
   * the agent: it is removed then.
   */
  Optional<ModuleArtifact> open(ModuleDigest digest) throws IOException {
    try {
      var in = new BufferedInputStream(Files.newInputStream(file(digest)));
      return Optional.of(ModuleArtifact.open(in, digest.hex()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (ArtifactException e) {
      remove(digest, e);
      return Optional.empty();
    }
  }

  /**
   * Compiles a module durably.
   *
   * @throws IOException when the disk failed
   */
  void compile(ModuleDigest digest, Path wasm, ModuleCompiler compiler)
      throws ModuleRefusedException, CompilerFailedException, IOException, InterruptedException {
    Path own = Files.createTempDirectory(scratch, digest.hex());
    try {
      Path artifact = own.resolve("artifact");
      compiler.compile(wasm, artifact);
      Durable.sync(artifact);
      Files.move(artifact, file(digest), StandardCopyOption.ATOMIC_MOVE);
      Durable.sync(folder);
    } finally {
      removeTree(own);
    }
  }

  /** Removes one that turned out to be of no use. */
  void remove(ModuleDigest digest, ArtifactException reason) throws IOException {
    log.atWarn()
        .addKeyValue("digest", digest)
        .addKeyValue("reason", reason.getMessage())
        .log("Removing a compiled module, to compile it anew");
    Files.deleteIfExists(file(digest));
  }

  private Path file(ModuleDigest digest) {
    return folder.resolve(digest.hex() + COMPILED);
  }

  private static void removeTree(Path root) throws IOException {
    if (Files.notExists(root)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> tree = Files.walk(root)) {
      all = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }
}
