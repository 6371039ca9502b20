package io.hiberlet.agent.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a guest sees of its mounts: one tree, in which each mount covers what is below its path, and
 * folders stand for the parts of paths that lead to mounts. Nothing can be reached through it but
 * mounts: a path is a text here, without {@code ..} by the time that it gets to the file system,
 * and a symbolic link below a mount is as if it were not there. Immutable.
 */
final class FileTree {
  static final String ROOT = "/";

  /** What the agent keeps for itself in a folder begins so. */
  private static final String HIDDEN = "..";

  /** The content that a link leads to may be replaced while it is being read. */
  private static final int TRIES = 3;

  private final List<GuestMount> mounts;

  FileTree(List<GuestMount> mounts) {
    this.mounts =
        mounts.stream()
            .sorted(Comparator.comparingInt((GuestMount mount) -> -mount.path().length()))
            .toList();
  }

  boolean isEmpty() {
    return mounts.isEmpty();
  }

  /**
   * What is at a path.
   *
   * @param place null for a folder that only leads to mounts
   */
  record Node(@Nullable Path place, boolean folder, long size, Instant modified) {
    private static final Node ON_THE_WAY = new Node(null, true, 0, Instant.EPOCH);

    private static Node of(Path place, BasicFileAttributes attributes) {
      return new Node(
          place,
          attributes.isDirectory(),
          attributes.isDirectory() ? 0 : attributes.size(),
          attributes.lastModifiedTime().toInstant());
    }
  }

  /** Finds what is at an absolute path without {@code .}, {@code ..} and empty parts. */
  Optional<Node> find(String path) throws IOException {
    GuestMount mount = covering(path);
    Optional<Node> node = mount == null ? Optional.empty() : below(mount, path);
    boolean onTheWay = path.equals(ROOT) || !mountsBelow(path).isEmpty();
    return node.isEmpty() && onTheWay ? Optional.of(Node.ON_THE_WAY) : node;
  }

  /** The names in the folder at a path, in order. */
  SortedSet<String> list(String path, Node folder) throws IOException {
    SortedSet<String> names = new TreeSet<>(mountsBelow(path));
    if (folder.place() != null) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder.place())) {
        for (Path entry : entries) {
          String name = entry.getFileName().toString();
          if (!name.startsWith(HIDDEN) && find(child(path, name)).isPresent()) {
            names.add(name);
          }
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    return names;
  }

  /** All of a file. */
  byte[] read(String path, int mostBytes) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        Node node = find(path).orElseThrow(() -> new NoSuchFileException(path));
        if (node.folder() || node.place() == null || node.size() > mostBytes) {
          throw new IOException(path + " cannot be read");
        }
        try (var in = Files.newInputStream(node.place(), LinkOption.NOFOLLOW_LINKS)) {
          return in.readNBytes(mostBytes);
        }
      } catch (NoSuchFileException e) {
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  static String child(String folder, String name) {
    return folder.equals(ROOT) ? ROOT + name : folder + "/" + name;
  }

  private @Nullable GuestMount covering(String path) {
    return mounts.stream()
        .filter(mount -> path.equals(mount.path()) || path.startsWith(mount.path() + "/"))
        .findFirst()
        .orElse(null);
  }

  /** The first parts of the paths of mounts that are below a path. */
  private SortedSet<String> mountsBelow(String path) {
    String prefix = child(path, "");
    SortedSet<String> names = new TreeSet<>();
    for (GuestMount mount : mounts) {
      if (mount.path().startsWith(prefix)) {
        String rest = mount.path().substring(prefix.length());
        int end = rest.indexOf('/');
        names.add(end < 0 ? rest : rest.substring(0, end));
      }
    }
    return names;
  }

  private static Optional<Node> below(GuestMount mount, String path) throws IOException {
    for (int tries = 1; tries <= TRIES; tries++) {
      try {
        Path place = mount.target().toRealPath();
        for (String part : path.substring(mount.path().length()).split("/", -1)) {
          if (part.startsWith(HIDDEN)) {
            return Optional.empty();
          }
          if (!part.isEmpty()) {
            place = place.resolve(part);
            if (Files.isSymbolicLink(place)) {
              return Optional.empty();
            }
          }
        }
        var attributes =
            Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.isDirectory() || attributes.isRegularFile()
            ? Optional.of(Node.of(place, attributes))
            : Optional.empty();
      } catch (NoSuchFileException e) {
        if (tries == TRIES) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
