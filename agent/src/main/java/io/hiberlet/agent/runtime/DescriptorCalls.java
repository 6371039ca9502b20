package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.dylibso.chicory.runtime.Instance;
import io.hiberlet.agent.runtime.OpenFiles.Open;
import io.hiberlet.agent.runtime.file.FileTree;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/** Calls about descriptors: closing, renumbering, positions, flags, and the preopened folder. */
final class DescriptorCalls {
  private static final int PRESTAT_BYTES = 8;

  private static final int SEEK_SET = 0;
  private static final int SEEK_CURRENT = 1;
  private static final int SEEK_END = 2;

  private final OpenFiles files;

  DescriptorCalls(OpenFiles files) {
    this.files = files;
  }

  Map<String, FileCall> byName() {
    return Map.of(
        "fd_close", this::close,
        "fd_renumber", this::renumber,
        "fd_seek", this::seek,
        "fd_tell", this::tell,
        "fd_fdstat_set_flags", this::setFlags,
        "fd_fdstat_set_rights", (instance, open, args) -> WasiErrno.NOTSUP,
        "fd_prestat_get", this::rootStatus,
        "fd_prestat_dir_name", this::rootName);
  }

  private int close(Instance instance, Open open, long[] args) throws IOException {
    if ((int) args[0] == OpenFiles.ROOT) {
      return WasiErrno.NOTSUP;
    }
    files.close((int) args[0]);
    return WasiErrno.SUCCESS;
  }

  private int renumber(Instance instance, Open open, long[] args) throws IOException {
    int from = (int) args[0];
    int to = (int) args[1];
    if (from == OpenFiles.ROOT || (to >= 0 && to <= OpenFiles.ROOT)) {
      return WasiErrno.NOTSUP;
    }
    if (files.get(to) == null) {
      return WasiErrno.BADF;
    }
    files.move(from, to);
    return WasiErrno.SUCCESS;
  }

  private int seek(Instance instance, Open open, long[] args) throws IOException {
    if (files.isFolder(open)) {
      return WasiErrno.ISDIR;
    }
    FileCall.requireInside(instance, (int) args[3], Long.BYTES);
    int whence = (int) args[2];
    if (whence < SEEK_SET || whence > SEEK_END) {
      return WasiErrno.INVAL;
    }
    long base =
        whence == SEEK_SET ? 0 : whence == SEEK_CURRENT ? open.offset : files.file(open).size();
    long offset = base + args[1];
    if (offset < 0) { // an overflow included
      return WasiErrno.INVAL;
    }
    open.offset = offset;
    instance.memory().writeLong((int) args[3], offset);
    return WasiErrno.SUCCESS;
  }

  private int tell(Instance instance, Open open, long[] args) throws IOException {
    if (files.isFolder(open)) {
      return WasiErrno.ISDIR;
    }
    GuestBuffers.put(
        instance, (int) args[1], GuestBuffers.record(Long.BYTES).putLong(0, open.offset));
    return WasiErrno.SUCCESS;
  }

  private int setFlags(Instance instance, Open open, long[] args) {
    if (!OpenDescriptor.hasOnly((int) args[1])) {
      return WasiErrno.INVAL;
    }
    open.flags = (int) args[1];
    return WasiErrno.SUCCESS;
  }

  private int rootStatus(Instance instance, Open open, long[] args) throws IOException {
    if ((int) args[0] != OpenFiles.ROOT) {
      return WasiErrno.BADF;
    }
    GuestBuffers.put(
        instance,
        (int) args[1],
        GuestBuffers.record(PRESTAT_BYTES).putInt(Integer.BYTES, FileTree.ROOT.length()));
    return WasiErrno.SUCCESS;
  }

  private int rootName(Instance instance, Open open, long[] args) throws IOException {
    if ((int) args[0] != OpenFiles.ROOT) {
      return WasiErrno.BADF;
    }
    byte[] name = FileTree.ROOT.getBytes(UTF_8);
    if (Integer.compareUnsigned((int) args[2], name.length) < 0) {
      return WasiErrno.NAMETOOLONG;
    }
    GuestBuffers.put(instance, (int) args[1], ByteBuffer.wrap(name));
    return WasiErrno.SUCCESS;
  }
}
