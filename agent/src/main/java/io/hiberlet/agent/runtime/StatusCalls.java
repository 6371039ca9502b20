package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import io.hiberlet.agent.runtime.OpenFiles.Open;
import io.hiberlet.agent.runtime.file.FileException;
import io.hiberlet.agent.runtime.file.FileStatus;
import io.hiberlet.agent.runtime.file.FileTimes;
import io.hiberlet.agent.runtime.file.GuestPath;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls that tell and set what is known about files. */
final class StatusCalls {
  private static final int DIRECTORY = 3;
  private static final int REGULAR_FILE = 4;

  private static final int FDSTAT_BYTES = 24;
  private static final int FILESTAT_BYTES = 64;

  private static final int ACCESSED = 1;
  private static final int ACCESSED_NOW = 1 << 1;
  private static final int MODIFIED = 1 << 2;
  private static final int MODIFIED_NOW = 1 << 3;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final OpenFiles files;

  StatusCalls(OpenFiles files) {
    this.files = files;
  }

  Map<String, FileCall> byName() {
    return Map.of(
        "fd_fdstat_get", this::ofDescriptor,
        "fd_filestat_get", this::ofOpen,
        "fd_filestat_set_times", this::setTimes,
        "path_filestat_get", this::ofPath,
        "path_filestat_set_times", this::setTimesOfPath);
  }

  private int ofDescriptor(Instance instance, Open open, long[] args) throws IOException {
    boolean folder = files.isFolder(open);
    GuestBuffers.put(
        instance,
        (int) args[1],
        GuestBuffers.record(FDSTAT_BYTES)
            .put(0, (byte) (folder ? DIRECTORY : REGULAR_FILE))
            .putShort(2, (short) open.flags)
            .putLong(8, folder ? FileRights.FOLDER : FileRights.of(open.reads, open.writes))
            .putLong(16, folder ? FileRights.INHERITED : 0));
    return WasiErrno.SUCCESS;
  }

  private int ofOpen(Instance instance, Open open, long[] args) throws IOException {
    return tell(instance, (int) args[1], open.path, files.status(open));
  }

  private int ofPath(Instance instance, Open open, long[] args) throws IOException {
    GuestPath given = GuestBuffers.path(instance, files, open, (int) args[2], (int) args[3]);
    String path = given.path();
    FileStatus status =
        files.tree().find(path).orElseThrow(() -> new FileException(WasiErrno.NOENT));
    FileCall.require(status.folder() || !given.isFolder(), WasiErrno.NOTDIR);
    return tell(instance, (int) args[4], path, status);
  }

  private static int tell(Instance instance, int pointer, String path, FileStatus status)
      throws IOException {
    long modified = nanos(status.modified());
    GuestBuffers.put(
        instance,
        pointer,
        GuestBuffers.record(FILESTAT_BYTES)
            .putLong(8, inode(path))
            .put(16, kind(status))
            .putLong(24, 1)
            .putLong(32, status.size())
            .putLong(40, nanos(status.accessed()))
            .putLong(48, modified)
            .putLong(56, modified));
    return WasiErrno.SUCCESS;
  }

  private int setTimes(Instance instance, Open open, long[] args) throws IOException {
    files.tree().setTimes(open.path, times(args[1], args[2], (int) args[3]));
    return WasiErrno.SUCCESS;
  }

  private int setTimesOfPath(Instance instance, Open open, long[] args) throws IOException {
    GuestPath given = GuestBuffers.path(instance, files, open, (int) args[2], (int) args[3]);
    files.tree().setTimes(given.path(), times(args[4], args[5], (int) args[6]));
    return WasiErrno.SUCCESS;
  }

  private static FileTimes times(long accessed, long modified, int flags) throws IOException {
    return new FileTimes(
        time(accessed, flags, ACCESSED, ACCESSED_NOW),
        time(modified, flags, MODIFIED, MODIFIED_NOW));
  }

  private static @Nullable Instant time(long nanos, int flags, int given, int now)
      throws IOException {
    boolean isGiven = (flags & given) != 0;
    boolean isNow = (flags & now) != 0;
    FileCall.require(!isGiven || !isNow, WasiErrno.INVAL);
    if (isGiven) {
      return Instant.ofEpochSecond(
          Long.divideUnsigned(nanos, NANOS_PER_SECOND),
          Long.remainderUnsigned(nanos, NANOS_PER_SECOND));
    }
    return isNow ? Instant.now() : null;
  }

  /** WASI's {@code filetype}. */
  static byte kind(FileStatus status) {
    return (byte) (status.folder() ? DIRECTORY : REGULAR_FILE);
  }

  /** The same for the same path, and never 0. */
  static long inode(String path) {
    return Integer.toUnsignedLong(path.hashCode()) + 1;
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * NANOS_PER_SECOND + time.getNano();
  }
}
