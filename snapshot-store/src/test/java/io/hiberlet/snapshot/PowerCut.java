package io.hiberlet.snapshot;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Makes of a folder, whose process was killed, what a power cut could have left of it, from the
 * journal that src/test/native/powercut.c wrote. Each entry of a folder is either as it was at the
 * folder's last sync or as it is now; each file has the length of its last sync, and perhaps some
 * of what came later, perhaps garbled.
 */
final class PowerCut {

  private final Path folder;
  private final Path graveyard;
  private final SplittableRandom random;
  private final Map<Long, Long> syncedLengths = new HashMap<>();
  private final Map<Path, Map<String, Long>> syncedEntries = new HashMap<>();

  private PowerCut(Path folder, Path graveyard, SplittableRandom random) {
    this.folder = folder;
    this.graveyard = graveyard;
    this.random = random;
  }

  /** Begins a journal: what is in the folder now, is on the disk. */
  static void begin(Path folder, Path journal) throws IOException {
    List<String> lines = new ArrayList<>();
    if (Files.exists(folder)) {
      recordFolder(folder, lines);
    }
    Files.write(journal, lines);
  }

  private static void recordFolder(Path recorded, List<String> lines) throws IOException {
    lines.add("D " + recorded);
    for (Path entry : list(recorded)) {
      lines.add("E %d %s".formatted(inode(entry), entry.getFileName()));
    }
    lines.add(".");
    for (Path entry : list(recorded)) {
      if (Files.isDirectory(entry)) {
        recordFolder(entry, lines);
      } else {
        lines.add("S %d %d".formatted(inode(entry), Files.size(entry)));
      }
    }
  }

  /** Changes the folder, and removes the journal and what is in the graveyard. */
  static void cut(Path folder, Path journal, Path graveyard, SplittableRandom random)
      throws IOException {
    PowerCut cut = new PowerCut(folder, graveyard, random);
    cut.readJournal(Files.readAllLines(journal));
    cut.cutFolder(folder);
    Files.delete(journal);
    for (Path grave : list(graveyard)) {
      Files.delete(grave);
    }
  }

  private void readJournal(List<String> lines) {
    Path synced = folder;
    Map<String, Long> entries = new TreeMap<>();
    for (String line : lines) {
      String[] words = line.split(" ", 3);
      switch (words[0]) {
        case "S" -> syncedLengths.put(Long.parseLong(words[1]), Long.parseLong(words[2]));
        case "D" -> {
          synced = Path.of(line.substring(2));
          entries = new TreeMap<>();
        }
        case "E" -> entries.put(words[2], Long.parseLong(words[1]));
        default -> syncedEntries.put(synced, entries);
      }
    }
  }

  private void cutFolder(Path cut) throws IOException {
    Map<String, Long> before = syncedEntries.getOrDefault(cut, Map.of());
    Map<String, Long> now = new TreeMap<>();
    for (Path entry : list(cut)) {
      now.put(entry.getFileName().toString(), inode(entry));
    }
    Map<Long, Path> files = buryAll(cut, now);
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      Long inode = random.nextBoolean() ? before.get(name) : now.get(name);
      Path entry = cut.resolve(name);
      if (Files.isDirectory(entry)) {
        cutSubfolder(entry, inode != null);
      } else if (inode != null) {
        restore(files.getOrDefault(inode, graveyard.resolve(inode.toString())), entry);
        cutFile(entry, inode);
      }
    }
  }

  /** Moves all files away, so that each can come back under the name that it has on the disk. */
  private Map<Long, Path> buryAll(Path cut, Map<String, Long> now) throws IOException {
    Map<Long, Path> files = new HashMap<>();
    for (Map.Entry<String, Long> entry : now.entrySet()) {
      Path file = cut.resolve(entry.getKey());
      if (!Files.isDirectory(file)) {
        Path grave = graveyard.resolve(entry.getValue().toString());
        Files.move(file, grave, StandardCopyOption.REPLACE_EXISTING);
        files.put(entry.getValue(), grave);
      }
    }
    return files;
  }

  /** A file may come back under two names, when it was renamed. */
  private static void restore(Path grave, Path file) throws IOException {
    if (Files.exists(grave)) {
      Files.copy(grave, file);
    }
  }

  private void cutSubfolder(Path entry, boolean exists) throws IOException {
    cutFolder(entry);
    if (!exists) {
      for (Path file : list(entry)) {
        Files.delete(file);
      }
      Files.delete(entry);
    }
  }

  private void cutFile(Path path, long inode) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      long synced = Math.min(syncedLengths.getOrDefault(inode, 0L), file.length());
      long kept = random.nextLong(synced, file.length() + 1);
      file.setLength(random.nextBoolean() ? synced : kept);
      long tail = file.length() - synced;
      for (int garbled = random.nextInt(4); garbled > 0 && tail > 0; garbled--) {
        file.seek(synced + random.nextLong(tail));
        file.write(random.nextInt(256));
      }
    }
  }

  private static long inode(Path path) throws IOException {
    return ((Number) Files.getAttribute(path, "unix:ino")).longValue();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }
}
