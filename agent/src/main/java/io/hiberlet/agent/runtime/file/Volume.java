package io.hiberlet.agent.runtime.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of this machine that guests look into, and perhaps write to. Everything in it is named
 * by the names that lead there, which are looked up one in the other; no symbolic link is followed.
 * Thread-safe: what changes it takes its turn.
 */
public final class Volume {
  /** The content that a link leads to may be replaced while it is being looked at. */
  private static final int TRIES = 3;

  private static final Set<OpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Path base;
  private final List<String> below;
  private final @Nullable Usage usage;
  private @Nullable DiskRoom room;

  Volume(Path base, List<String> below, @Nullable Usage usage, @Nullable DiskRoom room) {
    this.base = base;
    this.below = List.copyOf(below);
    this.usage = usage;
    this.room = room;
  }

  /**
   * A folder that others may write to, too.
   *
   * @param base a path that nobody else can change
   * @param below the names that lead to the folder, or to a file, from there
   */
  public static Volume shared(Path base, List<String> below) {
    return new Volume(base, below, null, null);
  }

  /**
   * A folder that nobody else writes to.
   *
   * @param limitBytes what it may hold, as {@link Usage} counts
   */
  public static Volume limited(Path folder, long limitBytes) {
    return new Volume(folder, List.of(), new Usage(folder, limitBytes), null);
  }

  /** What is there; empty for what a guest cannot see. */
  public Optional<FileStatus> status(List<String> at) throws IOException {
    List<String> names = names(at);
    try {
      return Optional.of(tryAgain(() -> statusNow(names)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FileException e) {
      if (e.errno() == WasiErrno.NOTDIR) { // what should have been a folder is a file
        return Optional.empty();
      }
      throw e;
    }
  }

  private FileStatus statusNow(List<String> names) throws IOException {
    if (names.isEmpty()) {
      try (Folder folder = Folder.open(base)) {
        return folder.status();
      }
    }
    try (Folder folder = parent(names)) {
      return existing(folder, names.getLast());
    }
  }

  /**
   * The names in a folder.
   *
   * @throws FileException with {@code OVERFLOW} when there are more than that
   */
  public List<String> list(List<String> at, int most) throws IOException {
    return tryAgain(
        () -> {
          try (Folder folder = Folder.walk(base, names(at))) {
            return folder.names(most);
          }
        });
  }

  /** Opens a regular file. */
  public synchronized OpenFile open(List<String> at, OpenMode mode) throws IOException {
    List<String> names = names(at);
    if (names.isEmpty()) {
      throw new FileException(WasiErrno.ISDIR);
    }
    return tryAgain(
        () -> {
          try (Folder folder = parent(names)) {
            find(folder, names.getLast(), mode);
            return OpenFile.open(this, folder, names.getLast(), mode);
          }
        });
  }

  /** Sees to it that there is a regular file. */
  private void find(Folder folder, String name, OpenMode mode) throws IOException {
    Optional<FileStatus> there = folder.status(name);
    if (there.isEmpty()) {
      if (!mode.creates()) {
        throw new NoSuchFileException(name);
      }
      make(() -> folder.openFile(name, NEW_FILE).close());
    } else if (mode.creates() && mode.exclusive()) {
      throw new FileAlreadyExistsException(name);
    } else if (there.get().folder()) {
      throw new FileException(WasiErrno.ISDIR);
    }
  }

  /** Makes a folder, in one that is there. */
  public synchronized void makeFolder(List<String> at) throws IOException {
    List<String> names = names(at);
    if (names.isEmpty()) {
      throw new FileException(WasiErrno.EXIST);
    }
    try (Folder folder = parent(names)) {
      if (folder.status(names.getLast()).isPresent()) {
        throw new FileAlreadyExistsException(names.getLast());
      }
    }
    if (usage == null) {
      make(() -> NewFolder.make(base, names));
    } else { // where there are no links, as only guests write there, and guests make none
      make(() -> Files.createDirectory(base.resolve(String.join("/", names))));
    }
  }

  /** Removes a folder with nothing in it. */
  public synchronized void removeFolder(List<String> at) throws IOException {
    List<String> names = named(at);
    try (Folder folder = parent(names)) {
      FileStatus status = existing(folder, names.getLast());
      if (!status.folder()) {
        throw new FileException(WasiErrno.NOTDIR);
      }
      folder.removeFolder(names.getLast());
      gone(status);
    }
  }

  /** Takes a file's name away. */
  public synchronized void unlink(List<String> at) throws IOException {
    List<String> names = named(at);
    try (Folder folder = parent(names)) {
      FileStatus status = existing(folder, names.getLast());
      if (status.folder()) {
        throw new FileException(WasiErrno.ISDIR);
      }
      folder.unlink(names.getLast());
      gone(status);
    }
  }

  /** Gives a file or a folder another name, in the place of what has it, as POSIX has it. */
  public synchronized void rename(List<String> from, List<String> to) throws IOException {
    List<String> source = named(from);
    List<String> target = named(to);
    try (Folder left = parent(source);
        Folder entered = parent(target)) {
      FileStatus moved = existing(left, source.getLast());
      Optional<FileStatus> replaced = entered.status(target.getLast());
      if (replaced.isPresent() && moved.folder() != replaced.get().folder()) {
        throw new FileException(moved.folder() ? WasiErrno.NOTDIR : WasiErrno.ISDIR);
      }
      if (source.equals(target)) {
        return;
      }
      if (beginsWith(target, source)) {
        throw new FileException(WasiErrno.INVAL);
      }
      left.rename(source.getLast(), entered, target.getLast());
      if (replaced.isPresent()) {
        gone(replaced.get());
      }
    }
  }

  private static boolean beginsWith(List<String> names, List<String> first) {
    return names.size() >= first.size() && names.subList(0, first.size()).equals(first);
  }

  public synchronized void setTimes(List<String> at, FileTimes times) throws IOException {
    List<String> names = names(at);
    if (names.isEmpty()) {
      try (Folder folder = Folder.open(base)) {
        folder.setTimes(times);
      }
      return;
    }
    try (Folder folder = parent(names)) {
      folder.setTimes(names.getLast(), times);
    }
  }

  /** A change of something. */
  interface Change {
    void make() throws IOException;
  }

  private void make(Change entry) throws IOException {
    take(Usage.ENTRY_BYTES);
    boolean made = false;
    try {
      entry.make();
      made = true;
    } finally {
      if (!made && usage != null) {
        usage.give(Usage.ENTRY_BYTES);
      }
    }
  }

  /** Makes a change of an open file, if there is room for what it will then have. */
  synchronized void resize(FileChannel channel, long size, Change change) throws IOException {
    long before = channel.size();
    long counted = Math.max(before, size);
    take(counted - before);
    try {
      change.make();
    } finally {
      if (usage != null) {
        if (channel.isOpen()) {
          usage.give(counted - channel.size());
        } else { // the thread was interrupted, and nobody knows how far it came
          usage.countAnew();
        }
      }
    }
  }

  synchronized void opened(FileStatus file) {
    if (usage != null) {
      usage.opened(file.key());
    }
  }

  synchronized void close(FileChannel channel, FileStatus file) throws IOException {
    long size = channel.isOpen() ? channel.size() : 0;
    channel.close();
    if (usage != null) {
      usage.closed(file.key(), size);
    }
  }

  private void take(long bytes) throws IOException {
    if (bytes == 0) {
      return;
    }
    if (room == null) {
      room = DiskRoom.of(base);
    }
    if (!room.has(bytes)) {
      throw new FileException(WasiErrno.NOSPC);
    }
    if (usage != null) {
      usage.take(bytes);
    }
  }

  private void gone(FileStatus status) throws IOException {
    if (usage != null) {
      usage.unlinked(status);
    }
  }

  private List<String> named(List<String> at) throws IOException {
    List<String> names = names(at);
    if (names.isEmpty()) { // the volume itself
      throw new FileException(WasiErrno.BUSY);
    }
    return names;
  }

  private List<String> names(List<String> at) throws IOException {
    List<String> names = Stream.concat(below.stream(), at.stream()).toList();
    for (String name : names) {
      Folder.requireName(name);
    }
    return names;
  }

  private Folder parent(List<String> names) throws IOException {
    return Folder.walk(base, names.subList(0, names.size() - 1));
  }

  private static FileStatus existing(Folder folder, String name) throws IOException {
    return folder.status(name).orElseThrow(() -> new NoSuchFileException(name));
  }

  /** Looks at something. */
  private interface Look<T> {
    T look() throws IOException;
  }

  private static <T> T tryAgain(Look<T> look) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        return look.look();
      } catch (NoSuchFileException e) {
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }
}
