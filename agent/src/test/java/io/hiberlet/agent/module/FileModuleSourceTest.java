package io.hiberlet.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hiberlet.agent.module.ModuleReference.ModuleFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileModuleSourceTest {
  private static final byte[] MODULE = {1, 2, 3};

  @TempDir private Path data;
  private Path root;
  private ModuleStore store;

  @BeforeEach
  void open() throws Exception {
    root = Files.createDirectories(data.resolve("root/sub")).getParent();
    store = new ModuleStore(data.resolve("modules"), 100, Clock.systemUTC());
    Files.write(root.resolve("sub/ok.wasm"), MODULE);
    Files.write(data.resolve("secret"), new byte[] {9});
    Files.createSymbolicLink(root.resolve("inside"), Path.of("sub/ok.wasm"));
    Files.createSymbolicLink(root.resolve("outside"), data.resolve("secret"));
    Files.createSymbolicLink(root.resolve("up"), data);
  }

  @ParameterizedTest
  @CsvSource({"sub/ok.wasm", "inside"})
  void filesBelowTheRootAreTaken(String path) throws Exception {
    var source = new FileModuleSource(Optional.of(root));
    assertEquals(ModuleDigest.of(MODULE), source.fetch(new ModuleFile(path), store));
  }

  @ParameterizedTest
  @CsvSource({
    "../secret,true,not a plain relative path",
    "sub/../sub/ok.wasm,true,not a plain relative path",
    "/etc/passwd,true,not a plain relative path",
    "outside,true,leads out of the folder for modules",
    "up/secret,true,leads out of the folder for modules",
    "sub,false,not a file",
    "none,false,no such file"
  })
  void othersAreNot(String path, boolean permanent, String message) {
    var source = new FileModuleSource(Optional.of(root));
    var thrown =
        assertThrows(
            ModuleUnavailableException.class, () -> source.fetch(new ModuleFile(path), store));
    assertEquals("module file:" + path + ": " + message, thrown.getMessage());
    assertEquals("CreateContainerConfigError", thrown.reason());
    assertEquals(permanent, thrown.permanent());
  }

  @Test
  void withoutARootThereAreNone() {
    var source = new FileModuleSource(Optional.empty());
    var thrown =
        assertThrows(
            ModuleUnavailableException.class, () -> source.fetch(new ModuleFile("x"), store));
    assertEquals("module file:x: this node takes no modules from files", thrown.getMessage());
  }
}
