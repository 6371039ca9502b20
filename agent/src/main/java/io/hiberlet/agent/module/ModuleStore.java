package io.hiberlet.agent.module;

import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Modules on disk, by content. Survives crashes at any moment: a module is there whole or not at
 * all. Thread-safe; one per folder, which it shares with {@link ArtifactStore}.
 *
 * <pre>
 * modules/
 *   0123…cdef.wasm    a module; its name is its SHA-256
 *   images.json       which images led to them, see ImageRecords
 *   *.part            one that is being written, or was when the power went
 * </pre>
 */
public final class ModuleStore {
  private static final Logger log = LoggerFactory.getLogger(ModuleStore.class);

  private static final String WHOLE = ".wasm";
  private static final Pattern NAME =
      Pattern.compile("([0-9a-f]{64})(?:\\.wasm|\\" + ArtifactStore.COMPILED + ")");
  private static final int COPY_BYTES = 64 << 10;

  private final Path folder;
  private final long maxModuleBytes;
  private final ModuleUses uses;

  /** Makes the folder if need be, and removes what a crash left half written. */
  public ModuleStore(Path folder, long maxModuleBytes, Clock clock) throws IOException {
    this.uses = new ModuleUses(clock);
    this.folder = Files.createDirectories(folder);
    this.maxModuleBytes = maxModuleBytes;
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "*" + Durable.PART)) {
      for (Path part : parts) {
        Files.delete(part);
      }
    }
  }

  /** Where they are. */
  public Path folder() {
    return folder;
  }

  /** The largest module that is taken, in bytes. */
  public long maxModuleBytes() {
    return maxModuleBytes;
  }

  /**
   * Whether there is a module of this digest; {@link #verified} may find it damaged. To ask is to
   * use it.
   */
  public boolean contains(ModuleDigest digest) {
    uses.touch(digest);
    return Files.exists(file(digest));
  }

  /**
   * Stores a module durably.
   *
   * @param module read to its end, not closed
   * @throws ModuleRefusedException when it is larger than the limit
   */
  public ModuleDigest write(InputStream module) throws IOException, ModuleRefusedException {
    return write(module, digest -> true);
  }

  /**
   * Stores a module of which the digest is known.
   *
   * @throws IOException also when it has another
   */
  public void write(InputStream module, ModuleDigest expected)
      throws IOException, ModuleRefusedException {
    write(module, expected::equals);
  }

  private ModuleDigest write(InputStream module, Predicate<ModuleDigest> acceptable)
      throws IOException, ModuleRefusedException {
    Path part = newPart();
    try {
      ModuleDigest digest = copy(module, part);
      if (!acceptable.test(digest)) {
        throw new IOException("digest mismatch: what came has the digest " + digest);
      }
      uses.touch(digest);
      Files.move(part, file(digest), StandardCopyOption.ATOMIC_MOVE);
      Durable.sync(folder);
      return digest;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** A new file for what is no module yet; whoever asks for it removes it, or the next start. */
  Path newPart() throws IOException {
    return Files.createTempFile(folder, "", Durable.PART);
  }

  /** A module's file, verified. Empty when it is not there, or was damaged: it is removed then. */
  public Optional<Path> verified(ModuleDigest digest) throws IOException {
    Path file = file(digest);
    MessageDigest hash = ModuleDigest.sha256();
    try (InputStream in = Files.newInputStream(file)) {
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), hash));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (!ModuleDigest.finished(hash.digest()).equals(digest)) {
      log.atWarn().addKeyValue("digest", digest).log("removing a damaged module");
      Files.deleteIfExists(file);
      return Optional.empty();
    }
    return Optional.of(file);
  }

  /** When they were used. */
  ModuleUses uses() {
    return uses;
  }

  /** The bytes of each module's files: as it came, compiled, or both. */
  Map<ModuleDigest, Long> stored() throws IOException {
    Map<ModuleDigest, Long> stored = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
      for (Path file : files) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          stored.merge(new ModuleDigest("sha256:" + name.group(1)), sizeOf(file), Long::sum);
        }
      }
    }
    return stored;
  }

  /** Removes a module's files. */
  void delete(ModuleDigest digest) throws IOException {
    Files.deleteIfExists(file(digest));
    Files.deleteIfExists(folder.resolve(digest.hex() + ArtifactStore.COMPILED));
  }

  /** The bytes of all files in the folder, also of those that are not modules as they came. */
  long folderBytes() throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
      for (Path file : files) {
        sum += sizeOf(file);
      }
    }
    return sum;
  }

  private static long sizeOf(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0; // removed meanwhile
    }
  }

  private ModuleDigest copy(InputStream module, Path part)
      throws IOException, ModuleRefusedException {
    MessageDigest hash = ModuleDigest.sha256();
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      copyBounded(module, new DigestOutputStream(Channels.newOutputStream(channel), hash));
      channel.force(true);
    }
    return ModuleDigest.finished(hash.digest());
  }

  private void copyBounded(InputStream in, OutputStream out)
      throws IOException, ModuleRefusedException {
    byte[] buffer = new byte[COPY_BYTES];
    long total = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      total += count;
      if (total > maxModuleBytes) {
        throw new ModuleRefusedException(
            "the module is larger than the %d bytes that are allowed".formatted(maxModuleBytes));
      }
      out.write(buffer, 0, count);
    }
  }

  private Path file(ModuleDigest digest) {
    return folder.resolve(digest.hex() + WHOLE);
  }
}
