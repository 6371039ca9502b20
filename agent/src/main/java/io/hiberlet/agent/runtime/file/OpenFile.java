package io.hiberlet.agent.runtime.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A regular file that a guest has open: what is written and read by it stays that file, whatever
 * becomes of its name. Used by the guest's thread; one that is interrupted in a call closes it.
 */
public final class OpenFile implements AutoCloseable {
  /** Of all guests: a process may have only so many open. */
  private static final Semaphore PLACES = new Semaphore(8192);

  private final Volume volume;
  private final FileChannel channel;
  private final FileStatus opened;
  private final AtomicBoolean closed = new AtomicBoolean();

  private OpenFile(Volume volume, FileChannel channel, FileStatus opened) {
    this.volume = volume;
    this.channel = channel;
    this.opened = opened;
  }

  /** Opens a file that is there. */
  static OpenFile open(Volume volume, Folder folder, String name, OpenMode mode)
      throws IOException {
    if (!PLACES.tryAcquire()) {
      throw new FileException(WasiErrno.NFILE);
    }
    FileChannel channel = null;
    OpenFile file = null;
    try {
      channel = folder.openFile(name, options(mode));
      FileStatus status = folder.status(name).orElseThrow(() -> new NoSuchFileException(name));
      file = new OpenFile(volume, channel, status);
    } finally {
      if (file == null) {
        PLACES.release();
        if (channel != null) {
          channel.close();
        }
      }
    }
    volume.opened(file.opened);
    if (mode.truncates()) {
      file.cut();
    }
    return file;
  }

  private static Set<OpenOption> options(OpenMode mode) {
    boolean writes = mode.writes() || mode.truncates();
    if (!writes) {
      return Set.of(StandardOpenOption.READ);
    }
    return mode.reads()
        ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)
        : Set.of(StandardOpenOption.WRITE);
  }

  private void cut() throws IOException {
    boolean done = false;
    try {
      resize(0);
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  /** How many bytes were read; 0 at the end. */
  public int read(ByteBuffer into, long from) throws IOException {
    int total = 0;
    while (into.hasRemaining()) {
      int count = channel.read(into, from + total);
      if (count < 0) {
        break;
      }
      total += count;
    }
    return total;
  }

  /**
   * Writes all of it; or, when there is no room for that, nothing.
   *
   * @return where it ends
   */
  public long write(ByteBuffer from, long at) throws IOException {
    if (at > Long.MAX_VALUE - from.remaining()) {
      throw new FileException(WasiErrno.FBIG);
    }
    long end = at + from.remaining();
    volume.resize(channel, end, () -> writeAll(from, at));
    return end;
  }

  /** The same, at the end of the file. */
  public long append(ByteBuffer from) throws IOException {
    synchronized (volume) {
      return write(from, channel.size());
    }
  }

  private void writeAll(ByteBuffer from, long at) throws IOException {
    long next = at;
    while (from.hasRemaining()) {
      next += channel.write(from, next);
    }
  }

  /** Makes it so long: cuts it, or adds zeros. */
  public void resize(long size) throws IOException {
    volume.resize(
        channel,
        size,
        () -> {
          if (size > channel.size()) {
            channel.write(ByteBuffer.allocate(1), size - 1);
          } else {
            channel.truncate(size);
          }
        });
  }

  /** Makes it at least so long. */
  public void extend(long size) throws IOException {
    synchronized (volume) {
      if (size > channel.size()) {
        resize(size);
      }
    }
  }

  public long size() throws IOException {
    return channel.size();
  }

  /** Returns when it is on the disk. */
  public void sync(boolean attributes) throws IOException {
    channel.force(attributes);
  }

  /**
   * What a guest can know of it.
   *
   * @param named what has the name by which it was opened
   */
  public FileStatus status(Optional<FileStatus> named) throws IOException {
    long size = channel.size();
    return named
        .filter(there -> opened.key() != null && opened.key().equals(there.key()))
        .map(there -> there.withSize(size))
        .orElseGet(() -> FileStatus.nameless(size));
  }

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      PLACES.release();
      volume.close(channel, opened);
    }
  }
}
