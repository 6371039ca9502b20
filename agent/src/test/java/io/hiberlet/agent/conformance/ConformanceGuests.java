package io.hiberlet.agent.conformance;

import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The conformance guests that are there: {@code examples/conformance/LANGUAGE}. */
final class ConformanceGuests {
  private static final Path FOLDER =
      Path.of(System.getProperty("hiberlet.root", "..")).resolve("examples/conformance");
  private static final String GO = "go";
  private static final Map<String, GuestModule> COMPILED = new ConcurrentHashMap<>();

  private ConformanceGuests() {}

  /** The languages of those that are committed. */
  static List<String> languages() throws IOException {
    return there().stream().filter(language -> !language.equals(GO)).toList();
  }

  /** The language of the one that is not committed, where it was built. */
  static List<String> built() throws IOException {
    return there().stream().filter(GO::equals).toList();
  }

  private static List<String> there() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("conformance.wasm")))
          .map(folder -> String.valueOf(folder.getFileName()))
          .sorted()
          .toList();
    }
  }

  /** The guest of a language, compiled once. */
  static GuestModule of(String language) {
    return COMPILED.computeIfAbsent(language, ConformanceGuests::compile);
  }

  private static GuestModule compile(String language) {
    try {
      byte[] wasm = Files.readAllBytes(FOLDER.resolve(language).resolve("conformance.wasm"));
      return GuestModule.compile(wasm, ModuleLimits.DEFAULT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ModuleRefusedException e) {
      throw new AssertionError(language, e);
    }
  }
}
