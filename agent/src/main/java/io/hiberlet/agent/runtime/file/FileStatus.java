package io.hiberlet.agent.runtime.file;

import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a guest can know of a regular file or a folder.
 *
 * @param size in bytes; 0 for a folder
 * @param key the same for one file whatever it is called; null when that is not known
 */
public record FileStatus(
    boolean folder, long size, Instant accessed, Instant modified, @Nullable Object key) {

  /** A folder that is nowhere on this machine, but leads to mounts. */
  static final FileStatus ON_THE_WAY = new FileStatus(true, 0, Instant.EPOCH, Instant.EPOCH, null);

  static FileStatus of(BasicFileAttributes attributes) {
    boolean folder = attributes.isDirectory();
    return new FileStatus(
        folder,
        folder ? 0 : attributes.size(),
        attributes.lastAccessTime().toInstant(),
        attributes.lastModifiedTime().toInstant(),
        attributes.fileKey());
  }

  /** A file that has no name any more. */
  static FileStatus nameless(long size) {
    return new FileStatus(false, size, Instant.EPOCH, Instant.EPOCH, null);
  }

  FileStatus withSize(long bytes) {
    return new FileStatus(folder, bytes, accessed, modified, key);
  }
}
