package io.hiberlet.agent.pod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the files of pods are: {@code DATA/pods/UID/CONTAINER/}. Thread-safe. */
public final class PodFiles {
  private final Path root;
  private final Consumer<String> beforeDeletion;

  public PodFiles(Path root) {
    this(root, podUid -> {});
  }

  /**
   * @param beforeDeletion is told the UID of a pod whose files are about to go, and returns when
   *     nobody writes to them any more
   */
  public PodFiles(Path root, Consumer<String> beforeDeletion) {
    this.root = root;
    this.beforeDeletion = beforeDeletion;
  }

  /** The folder of a container's logs; made by whoever writes there. */
  public Path logs(String podUid, String container) {
    return root.resolve(podUid).resolve(container).resolve("log");
  }

  /** What the files of a pod take of the disk, its volumes included. */
  long bytes(String podUid) {
    return bytes(root.resolve(podUid));
  }

  /** What a container's logs take of the disk. */
  long logBytes(String podUid, String container) {
    return bytes(logs(podUid, container));
  }

  private static long bytes(Path folder) {
    AtomicLong sum = new AtomicLong();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sum.addAndGet(attributes.size());
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // gone meanwhile
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
              return FileVisitResult.CONTINUE; // likewise
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot measure the files below " + folder, e);
    }
    return sum.get();
  }

  /** Removes all files of a pod. One at a time, as two may want to remove the same. */
  synchronized void delete(String podUid) {
    beforeDeletion.accept(podUid);
    Path folder = root.resolve(podUid);
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }
}
