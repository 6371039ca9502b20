package io.hiberlet.agent.pod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

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

  /** Removes all files of a pod. */
  void delete(String podUid) {
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
