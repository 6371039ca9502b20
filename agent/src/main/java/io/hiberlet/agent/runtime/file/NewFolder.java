package io.hiberlet.agent.runtime.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes a folder in a folder ({@code mkdirat}), which the JDK can do by path only: then another
 * process that puts a symbolic link into the path at the right moment has it made elsewhere. Takes
 * 0.4 s once, when the first folder is made. Thread-safe.
 */
final class NewFolder {
  private static final int CURRENT_FOLDER = -100; // AT_FDCWD
  private static final int ONLY_TO_FIND = 0x200000 | 0x80000; // O_PATH | O_CLOEXEC
  private static final int MODE = 0777; // less what the process's umask takes away

  private static final int NOENT = 2;
  private static final int ACCES = 13;
  private static final int EXIST = 17;
  private static final int NOTDIR = 20;
  private static final int NOSPC = 28;
  private static final int ROFS = 30;
  private static final int NAMETOOLONG = 36;
  private static final int LOOP = 40;
  private static final int DQUOT = 122;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final MethodHandle OPENAT =
      function("openat", ERRNO, Linker.Option.firstVariadicArg(3));
  private static final MethodHandle MKDIRAT = function("mkdirat", ERRNO);

  @SuppressWarnings("restricted") // the type is that of close(2)
  private static final MethodHandle CLOSE =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("close"),
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private NewFolder() {}

  /**
   * Makes a folder, the last of some names, without following links below the base.
   *
   * @param base a path that nobody else can change
   */
  static void make(Path base, List<String> names) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
      int folder = call(OPENAT, errno, CURRENT_FOLDER, arena, base.toString(), ONLY_TO_FIND);
      try {
        for (String name : names.subList(0, names.size() - 1)) {
          int next = call(OPENAT, errno, folder, arena, name, ONLY_TO_FIND | onlyFolders());
          close(folder);
          folder = next;
        }
        call(MKDIRAT, errno, folder, arena, names.getLast(), MODE);
      } finally {
        close(folder);
      }
    }
  }

  /** {@code O_DIRECTORY | O_NOFOLLOW}, of which Linux has two versions. */
  private static int onlyFolders() {
    String machine = System.getProperty("os.arch");
    boolean others = machine.startsWith("aarch64") || machine.startsWith("arm");
    return others || machine.startsWith("ppc") ? 0x4000 | 0x8000 : 0x10000 | 0x20000;
  }

  @SuppressWarnings("restricted") // the type is that of openat(2) and mkdirat(2)
  private static MethodHandle function(String name, Linker.Option... options) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
        options);
  }

  private static int call(
      MethodHandle function, MemorySegment errno, int folder, Arena arena, String name, int option)
      throws IOException {
    int result;
    try {
      result = (int) function.invokeExact(errno, folder, arena.allocateFrom(name), option);
    } catch (Throwable e) { // declared by method handles; a C function throws nothing
      throw new IllegalStateException(e);
    }
    if (result < 0) {
      throw failure(errno.get(ValueLayout.JAVA_INT, 0), name);
    }
    return result;
  }

  private static void close(int descriptor) {
    try {
      int ignored = (int) CLOSE.invokeExact(descriptor); // it held nothing that could be lost
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static IOException failure(int errno, String name) {
    return switch (errno) {
      case NOENT, LOOP -> new NoSuchFileException(name);
      case EXIST -> new FileAlreadyExistsException(name);
      case ACCES -> new AccessDeniedException(name);
      case NOTDIR -> new FileException(WasiErrno.NOTDIR);
      case NAMETOOLONG -> new FileException(WasiErrno.NAMETOOLONG);
      case NOSPC, DQUOT -> new FileException(WasiErrno.NOSPC);
      case ROFS -> new FileException(WasiErrno.ROFS);
      default -> new IOException("cannot make the folder %s: errno %d".formatted(name, errno));
    };
  }
}
