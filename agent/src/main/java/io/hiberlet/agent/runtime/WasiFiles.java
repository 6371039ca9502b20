package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import io.hiberlet.agent.runtime.OpenFiles.Open;
import io.hiberlet.agent.runtime.file.FileErrors;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.HashMap;
import java.util.Map;

/**
 * WASI's file calls over what a guest may see. Not Chicory's: that opens files of this machine by
 * their paths, follows every symbolic link, and knows no read-only. They block the guest's thread,
 * so each does a bounded piece of work. Used by that thread.
 */
final class WasiFiles {
  private final OpenFiles files;
  private final Map<String, FileCall> calls = new HashMap<>();

  WasiFiles(OpenFiles files) {
    this.files = files;
    calls.putAll(new DescriptorCalls(files).byName());
    calls.putAll(new ContentCalls(files).byName());
    calls.putAll(new StatusCalls(files).byName());
    calls.putAll(new FolderListing(files).byName());
    calls.putAll(new PathCalls(files).byName());
  }

  /**
   * The calls by their names.
   *
   * @param standard answers for the standard descriptors
   */
  Map<String, WasmFunctionHandle> over(Map<String, WasmFunctionHandle> standard) {
    Map<String, WasmFunctionHandle> handles = new HashMap<>(standard);
    calls.forEach(
        (name, call) -> handles.computeIfPresent(name, (same, rest) -> handle(call, rest)));
    handles.put("path_symlink", (instance, args) -> new long[] {WasiErrno.NOTSUP});
    return handles;
  }

  private WasmFunctionHandle handle(FileCall call, WasmFunctionHandle standard) {
    return (instance, args) -> {
      int descriptor = (int) args[0];
      if (descriptor >= 0 && descriptor < OpenFiles.ROOT) {
        return standard.apply(instance, args);
      }
      Open open = files.get(descriptor);
      return new long[] {open == null ? WasiErrno.BADF : answer(call, instance, open, args)};
    };
  }

  /** A guest that is to end must not learn of it by a file that cannot be read. */
  private static int answer(FileCall call, Instance instance, Open open, long[] args) {
    try {
      return call.answer(instance, open, args);
    } catch (ClosedByInterruptException e) {
      throw new ChicoryInterruptedException("interrupted in a file call");
    } catch (IOException e) {
      return FileErrors.errno(e);
    }
  }
}
