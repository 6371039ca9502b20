package io.hiberlet.agent.runtime.file;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a guest sees of its mounts: one tree, in which each mount covers what is below its path, and
 * folders stand for the parts of paths that lead to mounts. Nothing can be reached through it but
 * mounts: a path is a text here, absolute and without {@code .}, {@code ..} and empty parts, and
 * its parts are names to a {@link Volume}. Immutable.
 */
public final class FileTree {
  public static final String ROOT = "/";

  /** What the agent keeps for itself in a folder begins so. */
  private static final String HIDDEN = "..";

  private static final int MOST_NAMES = 16_384;

  private final List<GuestMount> mounts;

  public FileTree(List<GuestMount> mounts) {
    this.mounts =
        mounts.stream()
            .sorted(Comparator.comparingInt((GuestMount mount) -> -mount.path().length()))
            .toList();
  }

  public boolean isEmpty() {
    return mounts.isEmpty();
  }

  /** What is in a mount, be it there or not. */
  private record Place(GuestMount mount, List<String> at) {}

  /** What is at a path. */
  public Optional<FileStatus> find(String path) throws IOException {
    Optional<Place> place = place(path);
    Optional<FileStatus> found =
        place.isPresent()
            ? place.get().mount().volume().status(place.get().at())
            : Optional.empty();
    boolean onTheWay = path.equals(ROOT) || !mountsBelow(path).isEmpty();
    return found.isEmpty() && onTheWay ? Optional.of(FileStatus.ON_THE_WAY) : found;
  }

  /** The names in the folder at a path, in order. */
  public List<String> list(String path) throws IOException {
    Set<String> names = new TreeSet<>(mountsBelow(path));
    Optional<Place> place = place(path);
    if (place.isPresent()) {
      Volume volume = place.get().mount().volume();
      if (volume.status(place.get().at()).map(FileStatus::folder).orElse(false)) {
        volume.list(place.get().at(), MOST_NAMES).stream()
            .filter(name -> !name.startsWith(HIDDEN))
            .forEach(names::add);
      }
    }
    return List.copyOf(names);
  }

  /** Opens a regular file. */
  public OpenFile open(String path, OpenMode mode) throws IOException {
    if (mode.changes()) {
      Place place = writable(path);
      return place.mount().volume().open(place.at(), mode);
    }
    Place place = place(path).orElseThrow(() -> new FileException(WasiErrno.NOENT));
    return place.mount().volume().open(place.at(), mode);
  }

  public void makeFolder(String path) throws IOException {
    if (find(path).isPresent()) {
      throw new FileException(WasiErrno.EXIST);
    }
    Place place = writable(path);
    place.mount().volume().makeFolder(place.at());
  }

  public void removeFolder(String path) throws IOException {
    Place place = removable(path);
    place.mount().volume().removeFolder(place.at());
  }

  public void unlink(String path) throws IOException {
    Place place = removable(path);
    place.mount().volume().unlink(place.at());
  }

  /** Moves a file or a folder within its mount. */
  public void rename(String from, String to) throws IOException {
    Place source = removable(from);
    Place target = removable(to);
    if (!source.mount().equals(target.mount())) {
      throw new FileException(WasiErrno.XDEV);
    }
    source.mount().volume().rename(source.at(), target.at());
  }

  public void setTimes(String path, FileTimes times) throws IOException {
    Place place = writable(path);
    place.mount().volume().setTimes(place.at(), times);
  }

  /** The path of what has a name in a folder. */
  public static String child(String folder, String name) {
    return folder.equals(ROOT) ? ROOT + name : folder + "/" + name;
  }

  /** Where something is that is to go or to come. */
  private Place removable(String path) throws IOException {
    Place place = writable(path);
    if (place.mount().path().equals(path) || !mountsBelow(path).isEmpty()) {
      throw new FileException(WasiErrno.BUSY);
    }
    return place;
  }

  /** Where something is that is to be changed. */
  private Place writable(String path) throws IOException {
    if (isHidden(path)) {
      throw new FileException(WasiErrno.NOENT);
    }
    return place(path)
        .filter(place -> !place.mount().readOnly())
        .orElseThrow(() -> new FileException(WasiErrno.ROFS));
  }

  /** Empty where there is no mount, and for what the agent keeps for itself. */
  private Optional<Place> place(String path) {
    GuestMount mount = covering(path);
    if (mount == null || isHidden(path)) {
      return Optional.empty();
    }
    List<String> below =
        Stream.of(path.substring(mount.path().length()).split("/", -1))
            .filter(part -> !part.isEmpty())
            .toList();
    return Optional.of(
        new Place(mount, Stream.concat(mount.at().stream(), below.stream()).toList()));
  }

  private static boolean isHidden(String path) {
    return path.contains("/" + HIDDEN);
  }

  private @Nullable GuestMount covering(String path) {
    return mounts.stream()
        .filter(mount -> path.equals(mount.path()) || path.startsWith(mount.path() + "/"))
        .findFirst()
        .orElse(null);
  }

  /** The first parts of the paths of mounts that are below a path. */
  private Set<String> mountsBelow(String path) {
    String prefix = child(path, "");
    Set<String> names = new TreeSet<>();
    for (GuestMount mount : mounts) {
      if (mount.path().startsWith(prefix)) {
        String rest = mount.path().substring(prefix.length());
        int end = rest.indexOf('/');
        names.add(end < 0 ? rest : rest.substring(0, end));
      }
    }
    return names;
  }
}
