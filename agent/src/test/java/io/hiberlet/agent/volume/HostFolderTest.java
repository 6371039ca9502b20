package io.hiberlet.agent.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.VolumeSpec.HostPath;
import io.hiberlet.agent.admission.VolumeSpec.HostPathType;
import io.hiberlet.agent.runtime.file.FileTree;
import io.hiberlet.agent.runtime.file.GuestMount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostFolderTest {
  @TempDir private Path device;
  private Path allowed;

  @BeforeEach
  void make() throws Exception {
    device = device.toRealPath();
    allowed = Files.createDirectories(device.resolve("data"));
    Files.createDirectories(allowed.resolve("folder"));
    Files.writeString(allowed.resolve("folder/file"), "x");
    Files.createDirectories(device.resolve("outside"));
    Files.createSymbolicLink(allowed.resolve("link"), device.resolve("outside"));
  }

  private HostPath spec(String path, HostPathType type, boolean readOnly) {
    return new HostPath("v", allowed, allowed.resolve(path), type, readOnly);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ANY",
    "'', DIRECTORY",
    "folder, DIRECTORY",
    "folder/file, FILE",
    "folder/file, ANY",
    "folder, DIRECTORY_OR_CREATE",
    "new/er, DIRECTORY_OR_CREATE",
    "folder/file, FILE_OR_CREATE",
    "folder/new, FILE_OR_CREATE"
  })
  void whatThePodAsksForIsThere(String path, HostPathType type) throws Exception {
    HostPath spec = spec(path, type, false);
    HostFolder.prepare(spec);
    FileTree tree =
        new FileTree(List.of(new GuestMount("/h", HostFolder.volume(spec), List.of(), false)));
    assertEquals(Files.isDirectory(allowed.resolve(path)), tree.find("/h").orElseThrow().folder());
  }

  @ParameterizedTest
  @CsvSource({
    "absent, ANY",
    "absent, DIRECTORY",
    "absent, FILE",
    "folder, FILE",
    "folder, FILE_OR_CREATE",
    "folder/file, DIRECTORY",
    "folder/file, DIRECTORY_OR_CREATE",
    "link, DIRECTORY",
    "link, ANY",
    "link, DIRECTORY_OR_CREATE",
    "link/new, DIRECTORY_OR_CREATE",
    "link/new, FILE_OR_CREATE"
  })
  void whatIsSomethingElseIsRefused(String path, HostPathType type) throws Exception {
    HostPath spec = spec(path, type, false);
    assertThrows(Exception.class, () -> HostFolder.prepare(spec));
    try (var outside = Files.list(device.resolve("outside"))) {
      assertEquals(0, outside.count());
    }
  }

  @Test
  void nothingIsMadeWherePodsMayChangeNothing() {
    HostPath spec = spec("new", HostPathType.DIRECTORY_OR_CREATE, true);
    var refused = assertThrows(VolumeException.class, () -> HostFolder.prepare(spec));
    assertTrue(refused.getMessage().startsWith("hostPath type check failed: "));
    assertFalse(Files.exists(allowed.resolve("new")));
  }

  @Test
  void aFileCanBeAllAPathAllows() throws Exception {
    Path file = allowed.resolve("folder/file");
    HostPath spec = new HostPath("v", file, file, HostPathType.FILE, true);
    HostFolder.prepare(spec);
    assertEquals(1, HostFolder.volume(spec).status(List.of()).orElseThrow().size());
  }

  @Test
  void theRootOfTheDeviceCanBeAllowed() throws Exception {
    HostPath spec = new HostPath("v", Path.of("/"), Path.of("/"), HostPathType.DIRECTORY, true);
    HostFolder.prepare(spec);
    assertTrue(HostFolder.volume(spec).status(List.of("tmp")).isPresent());
  }
}
