package io.hiberlet.agent.runtime.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open folder of this machine. What it is asked for by name is looked for in this very folder
 * ({@code openat} and its like), wherever its path leads by then, and a symbolic link is never
 * followed: it counts as not there, as does all that is neither a regular file nor a folder. Used
 * by one thread.
 */
final class Folder implements AutoCloseable {
  private static final int MOST_NAME_BYTES = 255;

  private final SecureDirectoryStream<Path> stream;

  private Folder(SecureDirectoryStream<Path> stream) {
    this.stream = stream;
  }

  /** Opens a folder by a path that nobody else can change, links in it followed. */
  @SuppressWarnings("StreamResourceLeak") // closed with the folder
  static Folder open(Path path) throws IOException {
    DirectoryStream<Path> opened = Files.newDirectoryStream(path);
    if (opened instanceof SecureDirectoryStream<Path> secure) {
      return new Folder(secure);
    }
    opened.close();
    throw new IOException("the file system of " + path + " has no openat");
  }

  /** Opens a folder below one whose path nobody else can change. */
  static Folder walk(Path base, List<String> names) throws IOException {
    Folder folder = open(base);
    for (String name : names) {
      try (Folder left = folder) {
        folder = left.enter(name);
      }
    }
    return folder;
  }

  private Folder enter(String name) throws IOException {
    FileStatus found = status(name).orElseThrow(() -> new NoSuchFileException(name));
    if (!found.folder()) {
      throw new FileException(WasiErrno.NOTDIR);
    }
    return new Folder(stream.newDirectoryStream(name(name), LinkOption.NOFOLLOW_LINKS));
  }

  /** Of the folder itself. */
  FileStatus status() throws IOException {
    return FileStatus.of(
        stream.getFileAttributeView(BasicFileAttributeView.class).readAttributes());
  }

  /** Of what is in it. */
  Optional<FileStatus> status(String name) throws IOException {
    try {
      BasicFileAttributes attributes = view(name).readAttributes();
      return attributes.isDirectory() || attributes.isRegularFile()
          ? Optional.of(FileStatus.of(attributes))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Opens a file in it, or makes one. */
  FileChannel openFile(String name, Set<OpenOption> options) throws IOException {
    Set<OpenOption> all = new HashSet<>(options);
    all.add(LinkOption.NOFOLLOW_LINKS);
    return (FileChannel) stream.newByteChannel(name(name), all);
  }

  void unlink(String name) throws IOException {
    stream.deleteFile(name(name));
  }

  void removeFolder(String name) throws IOException {
    stream.deleteDirectory(name(name));
  }

  /** Moves what is in it to another folder of the same disk, in the place of what is there. */
  void rename(String name, Folder to, String newName) throws IOException {
    stream.move(name(name), to.stream, name(newName));
  }

  void setTimes(String name, FileTimes times) throws IOException {
    if (status(name).isEmpty()) { // to open a pipe would be to wait for its other end
      throw new NoSuchFileException(name);
    }
    setTimes(view(name), times);
  }

  void setTimes(FileTimes times) throws IOException {
    setTimes(stream.getFileAttributeView(BasicFileAttributeView.class), times);
  }

  private static void setTimes(BasicFileAttributeView view, FileTimes times) throws IOException {
    view.setTimes(fileTime(times.modified()), fileTime(times.accessed()), null);
  }

  private static @Nullable FileTime fileTime(@Nullable Instant time) {
    return time == null ? null : FileTime.from(time);
  }

  /**
   * The names in it, in no order; to be asked for once.
   *
   * @throws FileException with {@code OVERFLOW} when there are more than that
   */
  List<String> names(int most) throws IOException {
    List<String> names = new ArrayList<>();
    try {
      for (Path entry : stream) {
        if (names.size() == most) {
          throw new FileException(WasiErrno.OVERFLOW);
        }
        names.add(entry.getFileName().toString());
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  private BasicFileAttributeView view(String name) throws IOException {
    return stream.getFileAttributeView(
        name(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** Refuses what is not one name, but a path or nothing. */
  static void requireName(String text) throws FileException {
    if (text.isEmpty() || text.equals(".") || text.equals("..") || text.indexOf('/') >= 0) {
      throw new FileException(WasiErrno.INVAL);
    }
    if (text.getBytes(UTF_8).length > MOST_NAME_BYTES) {
      throw new FileException(WasiErrno.NAMETOOLONG);
    }
    name(text);
  }

  private static Path name(String text) throws FileException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) { // the JVM's locale has no such characters
      throw new FileException(WasiErrno.ILSEQ);
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
