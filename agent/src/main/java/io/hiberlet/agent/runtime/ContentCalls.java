package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import io.hiberlet.agent.runtime.OpenFiles.Open;
import io.hiberlet.agent.runtime.file.OpenFile;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/** Calls that read and write what is in files. A call moves {@link #MOST_BYTES} and no more. */
final class ContentCalls {
  static final int MOST_BYTES = 1 << 20;

  private final OpenFiles files;

  ContentCalls(OpenFiles files) {
    this.files = files;
  }

  Map<String, FileCall> byName() {
    return Map.of(
        "fd_read", this::read,
        "fd_pread", this::readAt,
        "fd_write", this::write,
        "fd_pwrite", this::writeAt,
        "fd_allocate", this::allocate,
        "fd_filestat_set_size", this::resize,
        "fd_sync", (instance, open, args) -> sync(open, true),
        "fd_datasync", (instance, open, args) -> sync(open, false),
        "fd_advise", (instance, open, args) -> WasiErrno.SUCCESS);
  }

  private int read(Instance instance, Open open, long[] args) throws IOException {
    int count = read(instance, open, args, open.offset, (int) args[3]);
    open.offset += count;
    return answered(instance, (int) args[3], count);
  }

  private int readAt(Instance instance, Open open, long[] args) throws IOException {
    if (args[3] < 0) {
      return WasiErrno.INVAL;
    }
    return answered(instance, (int) args[4], read(instance, open, args, args[3], (int) args[4]));
  }

  private int read(Instance instance, Open open, long[] args, long from, int countPointer)
      throws IOException {
    OpenFile file = files.file(open);
    FileCall.require(open.reads, WasiErrno.BADF);
    FileCall.requireInside(instance, countPointer, Integer.BYTES);
    int room = GuestBuffers.room(instance, (int) args[1], (int) args[2], MOST_BYTES);
    ByteBuffer bytes = ByteBuffer.allocate(Math.clamp(file.size() - from, 0, room));
    int count = file.read(bytes, from);
    GuestBuffers.scatter(instance, (int) args[1], bytes.array(), count);
    return count;
  }

  private int write(Instance instance, Open open, long[] args) throws IOException {
    ByteBuffer bytes = toWrite(instance, open, args, (int) args[3]);
    int count = bytes.remaining();
    OpenFile file = files.file(open);
    open.offset =
        open.has(OpenDescriptor.APPEND) ? file.append(bytes) : file.write(bytes, open.offset);
    return written(instance, open, (int) args[3], count);
  }

  private int writeAt(Instance instance, Open open, long[] args) throws IOException {
    if (args[3] < 0) {
      return WasiErrno.INVAL;
    }
    ByteBuffer bytes = toWrite(instance, open, args, (int) args[4]);
    int count = bytes.remaining();
    files.file(open).write(bytes, args[3]);
    return written(instance, open, (int) args[4], count);
  }

  private ByteBuffer toWrite(Instance instance, Open open, long[] args, int countPointer)
      throws IOException {
    FileCall.require(open.writes, WasiErrno.BADF);
    FileCall.requireInside(instance, countPointer, Integer.BYTES);
    return ByteBuffer.wrap(GuestBuffers.gather(instance, (int) args[1], (int) args[2], MOST_BYTES));
  }

  private int written(Instance instance, Open open, int countPointer, int count)
      throws IOException {
    if (open.has(OpenDescriptor.SYNC) || open.has(OpenDescriptor.DATA_SYNC)) {
      files.file(open).sync(open.has(OpenDescriptor.SYNC));
    }
    return answered(instance, countPointer, count);
  }

  private static int answered(Instance instance, int countPointer, int count) {
    instance.memory().writeI32(countPointer, count);
    return WasiErrno.SUCCESS;
  }

  private int allocate(Instance instance, Open open, long[] args) throws IOException {
    FileCall.require(open.writes, WasiErrno.BADF);
    if (args[1] < 0 || args[2] <= 0) {
      return WasiErrno.INVAL;
    }
    FileCall.require(args[1] <= Long.MAX_VALUE - args[2], WasiErrno.FBIG);
    files.file(open).extend(args[1] + args[2]);
    return WasiErrno.SUCCESS;
  }

  private int resize(Instance instance, Open open, long[] args) throws IOException {
    FileCall.require(open.writes, WasiErrno.BADF);
    if (args[1] < 0) {
      return WasiErrno.INVAL;
    }
    files.file(open).resize(args[1]);
    return WasiErrno.SUCCESS;
  }

  /** A folder needs none: what is in it is found again after a crash, or is not. */
  private int sync(Open open, boolean attributes) throws IOException {
    if (!files.isFolder(open)) {
      files.file(open).sync(attributes);
    }
    return WasiErrno.SUCCESS;
  }
}
