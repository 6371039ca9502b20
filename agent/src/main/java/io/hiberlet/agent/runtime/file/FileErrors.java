package io.hiberlet.agent.runtime.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;

/** Says in WASI's error numbers what went wrong with a file of this machine. */
public final class FileErrors {
  /** The C library's texts: the JVM passes on no numbers. Other locales have others, so IO. */
  private static final Map<String, Integer> BY_TEXT =
      Map.ofEntries(
          Map.entry("No space left on device", WasiErrno.NOSPC),
          Map.entry("Disk quota exceeded", WasiErrno.NOSPC),
          Map.entry("Read-only file system", WasiErrno.ROFS),
          Map.entry("File name too long", WasiErrno.NAMETOOLONG),
          Map.entry("Too many open files", WasiErrno.NFILE),
          Map.entry("Too many levels of symbolic links", WasiErrno.NOENT),
          Map.entry("File too large", WasiErrno.FBIG),
          Map.entry("Is a directory", WasiErrno.ISDIR),
          Map.entry("Not a directory", WasiErrno.NOTDIR),
          Map.entry("Directory not empty", WasiErrno.NOTEMPTY),
          Map.entry("Device or resource busy", WasiErrno.BUSY),
          Map.entry("Invalid cross-device link", WasiErrno.XDEV),
          Map.entry("Operation not permitted", WasiErrno.PERM));

  private FileErrors() {}

  /** The number of {@link WasiErrno} that comes nearest. */
  public static int errno(IOException failure) {
    return switch (failure) {
      case FileException e -> e.errno();
      case NoSuchFileException e -> WasiErrno.NOENT;
      case FileAlreadyExistsException e -> WasiErrno.EXIST;
      case DirectoryNotEmptyException e -> WasiErrno.NOTEMPTY;
      case AccessDeniedException e -> WasiErrno.ACCES;
      case NotDirectoryException e -> WasiErrno.NOTDIR;
      default -> byText(String.valueOf(failure.getMessage()));
    };
  }

  private static int byText(String message) {
    return BY_TEXT.entrySet().stream()
        .filter(entry -> message.endsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(WasiErrno.IO);
  }
}
