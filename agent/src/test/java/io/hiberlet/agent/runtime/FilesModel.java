package io.hiberlet.agent.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a volume holds according to POSIX, and whether a call may change it. */
final class FilesModel {
  private static final int ENTRY_BYTES = 4096;

  private final long limit;
  private final Map<String, @Nullable String> entries = new TreeMap<>();

  FilesModel(long limit) {
    this.limit = limit;
  }

  /** By paths; null for a folder. */
  Map<String, @Nullable String> contents() {
    return entries;
  }

  boolean makeFolder(String given) {
    String path = resolve(given);
    if (path == null || path.isEmpty() || entries.containsKey(path) || !isNew(path)) {
      return false;
    }
    entries.put(path, null);
    return true;
  }

  boolean removeFolder(String given) {
    String path = resolve(given);
    if (path == null || !isFolder(path) || path.isEmpty() || hasEntries(path)) {
      return false;
    }
    entries.remove(path);
    return true;
  }

  boolean unlink(String given) {
    String path = resolve(given);
    if (path == null || !isFile(path) || given.endsWith("/")) {
      return false;
    }
    entries.remove(path);
    return true;
  }

  boolean rename(String givenFrom, String givenTo) {
    String from = resolve(givenFrom);
    String to = resolve(givenTo);
    if (from == null || to == null || from.isEmpty() || to.isEmpty()) {
      return false;
    }
    boolean folder = isFolder(from);
    boolean slash = givenFrom.endsWith("/") || givenTo.endsWith("/");
    if (!entries.containsKey(from) || !isFolder(parent(to)) || (slash && !folder)) {
      return false;
    }
    if (entries.containsKey(to) && isFolder(to) != folder) {
      return false;
    }
    if (from.equals(to)) {
      return true;
    }
    if (to.startsWith(from + "/") || hasEntries(to)) {
      return false;
    }
    Map<String, @Nullable String> moved = new HashMap<>();
    entries.forEach(
        (path, content) -> {
          if (path.equals(from) || path.startsWith(from + "/")) {
            moved.put(path, content);
          }
        });
    moved.keySet().forEach(entries::remove);
    moved.forEach((path, content) -> entries.put(to + path.substring(from.length()), content));
    return true;
  }

  boolean open(String given, int flags) {
    String path = resolve(given);
    boolean creates = (flags & FileCalls.CREATE) != 0;
    if (path == null || isFolder(path) || given.endsWith("/")) {
      return false;
    }
    if (!entries.containsKey(path)) {
      if (!creates || !isNew(path)) {
        return false;
      }
      entries.put(path, "");
      return true;
    }
    if (creates && (flags & FileCalls.EXCLUSIVE) != 0) {
      return false;
    }
    if ((flags & FileCalls.TRUNCATE) != 0) {
      entries.put(path, "");
    }
    return true;
  }

  /** At its beginning. */
  boolean write(String given, String text) {
    String path = resolve(given);
    String before = entries.get(path);
    if (path == null || before == null) {
      return false;
    }
    int more = Math.max(0, text.length() - before.length());
    if (used() + more > limit) {
      return false;
    }
    entries.put(path, text + (more > 0 ? "" : before.substring(text.length())));
    return true;
  }

  private boolean isNew(String path) {
    return isFolder(parent(path)) && used() + ENTRY_BYTES <= limit;
  }

  private long used() {
    return entries.values().stream()
        .mapToLong(content -> ENTRY_BYTES + (content == null ? 0 : content.length()))
        .sum();
  }

  private boolean isFolder(String path) {
    return path.isEmpty() || (entries.containsKey(path) && entries.get(path) == null);
  }

  private boolean isFile(String path) {
    return entries.get(path) != null;
  }

  private boolean hasEntries(String path) {
    return entries.keySet().stream().anyMatch(each -> each.startsWith(path + "/"));
  }

  private static String parent(String path) {
    int end = path.lastIndexOf('/');
    return end < 0 ? "" : path.substring(0, end);
  }

  /** Null for what leaves the volume. */
  private static @Nullable String resolve(String given) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : given.split("/", -1)) {
      if (part.equals("..")) {
        if (parts.pollLast() == null) {
          return null;
        }
      } else if (!part.equals(".") && !part.isEmpty()) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }
}
