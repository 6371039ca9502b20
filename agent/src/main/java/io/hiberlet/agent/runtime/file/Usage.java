package io.hiberlet.agent.runtime.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much a volume holds that only guests write to, against its limit. A file counts as its size
 * and {@link #ENTRY_BYTES}, a folder as these, so that names are bounded, too. A file that was
 * unlinked counts until nobody has it open. Guarded by its volume.
 */
final class Usage {
  /** About what a file costs beside its content. */
  static final int ENTRY_BYTES = 4096;

  private final Path folder;
  private final long limitBytes;
  private final Map<Object, Integer> open = new HashMap<>();
  private final Set<Object> nameless = new HashSet<>();
  private long bytes = -1;

  /**
   * @param folder is counted when the first of it is asked for
   */
  Usage(Path folder, long limitBytes) {
    this.folder = folder;
    this.limitBytes = limitBytes;
  }

  /** Counts what is going to be there; to be given back when it does not come. */
  void take(long more) throws IOException {
    if (more > limitBytes - counted()) {
      throw new FileException(WasiErrno.NOSPC);
    }
    bytes += more;
  }

  void give(long back) throws IOException {
    bytes = Math.max(0, counted() - back);
  }

  /** What it counted is not to be relied on. */
  void countAnew() {
    bytes = -1;
  }

  void opened(@Nullable Object key) {
    open.merge(keyOf(key), 1, Integer::sum);
  }

  /** Nobody has it open any more by this descriptor. */
  void closed(@Nullable Object key, long size) throws IOException {
    Object file = keyOf(key);
    boolean last =
        open.computeIfPresent(file, (same, users) -> users > 1 ? users - 1 : null) == null;
    if (last && nameless.remove(file)) {
      give(size + ENTRY_BYTES);
    }
  }

  /** It has no name any more. */
  void unlinked(FileStatus file) throws IOException {
    Object key = keyOf(file.key());
    if (!file.folder() && open.containsKey(key)) {
      nameless.add(key);
    } else {
      give(file.size() + ENTRY_BYTES);
    }
  }

  private static Object keyOf(@Nullable Object key) {
    return key == null ? "unknown" : key;
  }

  private long counted() throws IOException {
    if (bytes < 0) {
      try (Stream<Path> all = Files.walk(folder)) {
        bytes = all.skip(1).mapToLong(Usage::bytesOf).sum();
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    return bytes;
  }

  private static long bytesOf(Path entry) {
    try {
      return Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)
          ? Files.size(entry) + ENTRY_BYTES
          : ENTRY_BYTES;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
