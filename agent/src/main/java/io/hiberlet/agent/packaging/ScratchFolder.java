package io.hiberlet.agent.packaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A temporary folder that is removed with all that is in it. Thread-safe. */
public final class ScratchFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ScratchFolder.class);

  private final Path folder;

  private ScratchFolder(Path folder) {
    this.folder = folder;
  }

  /** Makes one that only this user can look into. */
  public static ScratchFolder make() throws IOException {
    return new ScratchFolder(Files.createTempDirectory("hiberlet"));
  }

  /** Has it removed when this process is interrupted, too. */
  public ScratchFolder evenWhenInterrupted() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "scratch"));
    return this;
  }

  /** Where it is. */
  public Path path() {
    return folder;
  }

  @Override
  public synchronized void close() {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException | UncheckedIOException e) {
      log.atWarn().addKeyValue("folder", folder).setCause(e).log("A folder was not removed");
    }
  }
}
