package io.hiberlet.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.compiler.CompilerFailedException;
import io.hiberlet.agent.module.compiler.InProcessCompiler;
import io.hiberlet.agent.module.compiler.ModuleCompiler;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.agent.runtime.TestModules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleLoaderTest {
  private static final LoadBudget AMPLE = new LoadBudget(1 << 30, 1 << 30);

  @TempDir private Path folder;
  private ModuleStore modules;
  private ModuleLoader loader;
  private int compilations;

  /** What the compiler does before it compiles. */
  private ModuleCompiler trouble = (wasm, artifact) -> {};

  @BeforeEach
  void start() throws Exception {
    start(AMPLE);
  }

  private void start(LoadBudget budget) throws Exception {
    modules = new ModuleStore(folder, 1 << 20, Clock.systemUTC());
    loader =
        new ModuleLoader(
            modules, new ArtifactStore(folder), this::compile, ModuleLimits.DEFAULT, budget);
  }

  private void compile(Path wasm, Path artifact)
      throws ModuleRefusedException, CompilerFailedException, InterruptedException {
    compilations++;
    trouble.compile(wasm, artifact);
    new InProcessCompiler(ModuleLimits.DEFAULT).compile(wasm, artifact);
  }

  private ModuleDigest store(String module) throws Exception {
    return modules.write(new ByteArrayInputStream(TestModules.bytes(module)));
  }

  private Path artifact(ModuleDigest digest) {
    return folder.resolve(digest.hex() + ".compiled");
  }

  private String failure(ModuleDigest digest) {
    return assertThrows(ModuleUnavailableException.class, () -> loader.load(digest)).getMessage();
  }

  @Test
  void nothingIsCompiledAgainAfterARestart() throws Exception {
    ModuleDigest digest = store("state");
    loader.load(digest);
    start();
    loader.load(digest);
    assertEquals(1, compilations);
  }

  @Test
  void damagedArtifactIsCompiledAnew() throws Exception {
    ModuleDigest digest = store("state");
    loader.load(digest);
    byte[] good = Files.readAllBytes(artifact(digest));
    byte[] bad = good.clone();
    bad[bad.length / 2] ^= 1;
    Files.write(artifact(digest), bad);
    start();
    loader.load(digest);
    assertEquals(2, compilations);
    assertEquals(-1, Arrays.mismatch(good, Files.readAllBytes(artifact(digest))));
  }

  @Test
  void artifactOfAnotherModuleIsCompiledAnew() throws Exception {
    ModuleDigest digest = store("state");
    ModuleDigest other = store("wasi");
    loader.load(other);
    Files.copy(artifact(other), artifact(digest), StandardCopyOption.REPLACE_EXISTING);
    loader.load(digest);
    assertEquals(2, compilations);
  }

  @Test
  void compilerThatMakesNonsenseIsFoundOut() throws Exception {
    ModuleDigest digest = store("state");
    var nonsense =
        new ModuleLoader(
            modules,
            new ArtifactStore(folder),
            (wasm, artifact) -> writeNonsense(artifact),
            ModuleLimits.DEFAULT,
            AMPLE);
    assertThrows(IOException.class, () -> nonsense.load(digest));
    assertFalse(Files.exists(artifact(digest)));
  }

  private static void writeNonsense(Path artifact) throws CompilerFailedException {
    try {
      Files.writeString(artifact, "nonsense");
    } catch (IOException e) {
      throw new CompilerFailedException("no", e);
    }
  }

  @Test
  void failedCompilerIsTriedAgain() throws Exception {
    ModuleDigest digest = store("state");
    trouble =
        (wasm, artifact) -> {
          throw new CompilerFailedException("crashed");
        };
    assertEquals("crashed", failure(digest));
    trouble = (wasm, artifact) -> {};
    loader.load(digest);
    assertEquals(2, compilations);
  }

  @Test
  void refusedModuleDoesNotComeToTheCompilerAgain() throws Exception {
    ModuleDigest digest = store("refused/simd");
    String first =
        assertThrows(ModuleRefusedException.class, () -> loader.load(digest)).getMessage();
    String second =
        assertThrows(ModuleRefusedException.class, () -> loader.load(digest)).getMessage();
    assertEquals(first, second);
    assertEquals(1, compilations);
  }

  @Test
  void whatTheCompilerLeftBehindIsRemoved() throws Exception {
    Path left = Files.createDirectories(folder.resolve("compiling/123"));
    Files.writeString(left.resolve("hs_err_pid1.log"), "crashed");
    start();
    loader.load(store("state"));
    try (var scratch = Files.list(folder.resolve("compiling"))) {
      assertEquals(0, scratch.count());
    }
  }

  @Test
  void moduleThatIsGoneIsUnavailable() {
    var absent = ModuleDigest.of(new byte[0]);
    assertEquals("module " + absent + " is not on this node any more", failure(absent));
  }

  @Test
  void moduleThatDoesNotFitIsNotLoaded() throws Exception {
    start(new LoadBudget(1 << 30, 10_000));
    String message = failure(store("state"));
    assertTrue(message.startsWith("no room in memory for the module"), message);
    assertTrue(message.contains("-XX:MaxMetaspaceSize"), message);
  }

  @Test
  void moduleInUseKeepsItsRoomAndAnIdleOneDoesNot() throws Exception {
    ModuleDigest first = store("state");
    ModuleDigest second = store("wasi");
    start(new LoadBudget(1 << 30, 90_000)); // of classes, as one of them has some 50,000
    GuestModule inUse = loader.load(first);
    assertTrue(failure(second).startsWith("no room"));
    assertSame(inUse, loader.inMemory(first));
    inUse = null;
    assertNotNull(loader.load(second));
    assertNull(loader.inMemory(first));
  }
}
