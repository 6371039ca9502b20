package io.hiberlet.agent.module;

import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * Modules in files of this node, below one folder and nowhere else: pods choose the path, so that a
 * path with {@code ..} or a symbolic link that leads out of the folder is refused.
 */
public final class FileModuleSource implements ModuleSource<ModuleReference.ModuleFile> {
  private final Optional<Path> root;

  /**
   * @param root the folder; empty when this node takes no modules from files
   */
  public FileModuleSource(Optional<Path> root) {
    this.root = root;
  }

  @Override
  public ModuleDigest fetch(ModuleReference.ModuleFile reference, ModuleStore store)
      throws ModuleUnavailableException, ModuleRefusedException, IOException {
    Path folder =
        root.orElseThrow(
            () -> unavailable("this node takes no modules from files", reference, true));
    Path file = resolve(folder, reference);
    try (InputStream module = open(file, reference)) {
      return store.write(module);
    }
  }

  private static Path resolve(Path folder, ModuleReference.ModuleFile reference)
      throws ModuleUnavailableException {
    try {
      Path relative = Path.of(reference.path());
      if (relative.isAbsolute() || hasDots(relative)) {
        throw unavailable("not a plain relative path", reference, true);
      }
      Path real = folder.resolve(relative).toRealPath();
      if (!real.startsWith(folder.toRealPath())) {
        throw unavailable("leads out of the folder for modules", reference, true);
      }
      if (!Files.isRegularFile(real)) {
        throw unavailable("not a file", reference, false);
      }
      return real;
    } catch (InvalidPathException e) {
      throw unavailable("not a path", reference, true);
    } catch (IOException e) {
      throw unavailable("no such file", reference, false);
    }
  }

  private static boolean hasDots(Path path) {
    return StreamSupport.stream(path.spliterator(), false)
        .map(Path::toString)
        .anyMatch(name -> name.equals(".") || name.equals(".."));
  }

  private static InputStream open(Path file, ModuleReference.ModuleFile reference)
      throws ModuleUnavailableException {
    try {
      return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw unavailable("cannot be read", reference, false);
    }
  }

  private static ModuleUnavailableException unavailable(
      String what, ModuleReference.ModuleFile reference, boolean permanent) {
    return new ModuleUnavailableException(
        ModuleUnavailableException.CREATE_CONTAINER_CONFIG_ERROR,
        "module file:%s: %s".formatted(reference.path(), what),
        permanent);
  }
}
