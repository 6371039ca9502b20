package io.hiberlet.agent.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Replaces the files of a folder all at once, as the kubelet's AtomicWriter does: they are written
 * into a new folder inside, to which the symbolic link {@code ..data} then leads. So who reads
 * through the link finds all of the old files or all of the new ones; a crash in between leaves the
 * old ones. Everything is for the agent's eyes only (0700, 0600). Not thread-safe for one folder.
 */
final class AtomicFolder {
  /** Leads to the files. */
  static final String CURRENT = "..data";

  private static final String NEXT = "..data_tmp";
  private static final String PREFIX = "..";
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> PRIVATE_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private AtomicFolder() {}

  /**
   * Makes the folder have these files and no others; does nothing when it has them.
   *
   * @param files by paths below the folder that lead nowhere else
   */
  static void replace(Path folder, Map<String, byte[]> files) throws IOException {
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PRIVATE_FOLDER));
    if (has(folder.resolve(CURRENT), files)) {
      return;
    }
    Path fresh = Files.createTempDirectory(folder, PREFIX);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      write(fresh.resolve(file.getKey()), file.getValue());
    }
    Path next = folder.resolve(NEXT);
    Files.deleteIfExists(next);
    Files.createSymbolicLink(next, fresh.getFileName());
    Files.move(next, folder.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE);
    deleteOthers(folder, fresh);
  }

  private static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent(), PosixFilePermissions.asFileAttribute(PRIVATE_FOLDER));
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PRIVATE))) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true); // a controller that wakes after a power cut must not find it empty
    }
  }

  private static boolean has(Path current, Map<String, byte[]> files) throws IOException {
    if (!Files.isDirectory(current)) {
      return false;
    }
    Path root = current.toRealPath();
    try (Stream<Path> all = Files.walk(root)) {
      List<Path> present =
          all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList();
      if (present.size() != files.size()) {
        return false;
      }
      for (Path file : present) {
        byte[] wanted = files.get(root.relativize(file).toString());
        if (wanted == null
            || wanted.length != Files.size(file)
            || !Arrays.equals(wanted, Files.readAllBytes(file))) {
          return false;
        }
      }
      return true;
    }
  }

  /** What earlier replacements left, be it that they were cut short. */
  private static void deleteOthers(Path folder, Path kept) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (!entry.equals(kept) && !entry.getFileName().toString().equals(CURRENT)) {
          delete(entry);
        }
      }
    }
  }

  private static void delete(Path entry) throws IOException {
    try (Stream<Path> files = Files.walk(entry)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
