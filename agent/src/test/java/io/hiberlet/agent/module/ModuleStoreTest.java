package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleStoreTest {
  private static final byte[] MODULE = "module".getBytes(UTF_8);

  @TempDir private Path data;
  private Path folder;
  private ModuleStore store;

  @BeforeEach
  void open() throws Exception {
    folder = data.resolve("modules");
    store = new ModuleStore(folder, 10, Clock.systemUTC());
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private long files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void readsWhatWasWritten() throws Exception {
    ModuleDigest digest = store.write(stream(MODULE));
    assertEquals(ModuleDigest.of(MODULE), digest);
    assertTrue(store.contains(digest));
    Path file = new ModuleStore(folder, 10, Clock.systemUTC()).verified(digest).orElseThrow();
    assertArrayEquals(MODULE, Files.readAllBytes(file));
  }

  @Test
  void sameModuleIsOneFile() throws Exception {
    store.write(stream(MODULE));
    store.write(stream(MODULE));
    assertEquals(1, files());
  }

  @Test
  void unknownModuleIsEmpty() throws Exception {
    assertFalse(store.contains(ModuleDigest.of(MODULE)));
    assertEquals(Optional.empty(), store.verified(ModuleDigest.of(MODULE)));
  }

  @Test
  void damagedModuleIsRemoved() throws Exception {
    ModuleDigest digest = store.write(stream(MODULE));
    try (var files = Files.list(folder)) {
      Files.writeString(files.findFirst().orElseThrow(), "modulf");
    }
    assertEquals(Optional.empty(), store.verified(digest));
    assertFalse(store.contains(digest));
  }

  @Test
  void limitIsExact() throws Exception {
    store.write(stream(new byte[10]));
    assertThrows(ModuleRefusedException.class, () -> store.write(stream(new byte[11])));
    assertEquals(1, files());
  }

  @Test
  void anotherDigestThanExpectedLeavesNothing() throws Exception {
    var expected = ModuleDigest.of(new byte[1]);
    assertThrows(IOException.class, () -> store.write(stream(MODULE), expected));
    assertEquals(0, files());
  }

  @Test
  void streamThatBreaksLeavesNothing() throws Exception {
    var broken = new PipedInputStream(); // of which the other end was never there
    assertThrows(IOException.class, () -> store.write(broken));
    assertEquals(0, files());
  }

  @Test
  void halfWrittenModulesOfACrashAreRemoved() throws Exception {
    ModuleDigest digest = store.write(stream(MODULE));
    Files.write(folder.resolve("123.part"), new byte[3]);
    assertTrue(new ModuleStore(folder, 10, Clock.systemUTC()).contains(digest));
    assertEquals(1, files());
  }
}
