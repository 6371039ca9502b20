package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dylibso.chicory.wasm.Parser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ModuleArtifactTest {
  private static final byte[] WASM = TestModules.bytes("misbehaviour");
  private static final String SHA256 = ArtifactManifest.sha256(WASM);

  @SuppressWarnings("unused")
  private static final Iterable<String> ACCEPTED = TestModules.ACCEPTED;

  private static byte[] compiled(byte[] wasm) throws Exception {
    var out = new ByteArrayOutputStream();
    GuestCompiler.compile(wasm, ModuleLimits.DEFAULT, out);
    return out.toByteArray();
  }

  private static GuestModule load(byte[] artifact) throws Exception {
    try (var opened = ModuleArtifact.open(new ByteArrayInputStream(artifact), SHA256)) {
      return opened.load(ModuleLimits.DEFAULT);
    }
  }

  private static String refusal(byte[] artifact) {
    return assertThrows(ArtifactException.class, () -> load(artifact)).getMessage();
  }

  @ParameterizedTest
  @FieldSource("ACCEPTED")
  void strippedModuleIsAValidModuleWithoutCode(String name) throws Exception {
    byte[] wasm = TestModules.bytes(name);
    byte[] stripped =
        StrippedModule.of(wasm, ModuleParser.parse(wasm, ModuleLimits.DEFAULT), Set.of());
    var module = Parser.parse(stripped); // validates it
    for (var body : module.codeSection().functionBodies()) {
      assertEquals(2, body.instructions().size(), "unreachable, end");
    }
    assertEquals(
        module.functionSection().functionCount(),
        StrippedModule.parse(stripped).codeSection().functionBodyCount());
  }

  @Test
  void truncatedArtifactIsRefused() throws Exception {
    byte[] whole = compiled(WASM);
    load(whole);
    var random = new Random(1);
    for (int i = 0; i < 200; i++) {
      int length = random.nextInt(whole.length - 2000); // the jar's index is not looked at
      refusal(Arrays.copyOf(whole, length));
    }
  }

  @Test
  void damageIsFoundOrDoesNoHarm() throws Exception {
    byte[] whole = compiled(WASM);
    int found = 0;
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        load(damaged);
      } catch (ArtifactException e) {
        found++;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertTrue(found > 200, "of 300: " + found);
  }

  @Test
  void artifactOfAnotherModuleIsRefused() throws Exception {
    assertTrue(refusal(compiled(TestModules.bytes("state"))).startsWith("it is of the module "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Hiberlet-Format|its format is 0, not 2",
        "Chicory-Version|its compiler is 0, not 1.7.5",
        "Guest-Abi|its guest ABI is 0, not hiberlet:v1",
      })
  void artifactOfAnotherVersionIsRefused(String attribute, String message) throws Exception {
    assertEquals(message, refusal(rewritten(compiled(WASM), attribute, "com/none")));
  }

  @Test
  void missingAndUnknownFilesAreRefused() throws Exception {
    byte[] whole = compiled(WASM);
    String shaded = "com/dylibso/chicory/$gen/CompiledMachineShaded.class";
    assertEquals("damaged: it has no " + shaded, refusal(rewritten(whole, "None", shaded)));
  }

  /** Sets an attribute of the manifest to 0, and leaves a file out. */
  private static byte[] rewritten(byte[] artifact, String attribute, String without)
      throws Exception {
    var out = new ByteArrayOutputStream();
    try (var in = new JarInputStream(new ByteArrayInputStream(artifact), false)) {
      var manifest = in.getManifest();
      manifest.getMainAttributes().put(new Attributes.Name(attribute), "0");
      try (var jar = new JarOutputStream(out, manifest)) {
        for (var entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
          if (!entry.getName().equals(without)) {
            jar.putNextEntry(new JarEntry(entry.getName()));
            in.transferTo(jar);
          }
        }
      }
    }
    return out.toByteArray();
  }

  @Test
  void namesAreKeptWithinABound() throws Exception {
    byte[] name = WasmBytes.repeated(new byte[] {'x'}, 3 << 20);
    byte[] map = WasmBytes.concat(new byte[] {1, 0}, WasmBytes.unsigned(name.length), name);
    byte[] names =
        WasmBytes.concat(
            new byte[] {4, 'n', 'a', 'm', 'e', 1}, WasmBytes.unsigned(map.length), map);
    byte[] trap = {0x00};
    byte[] wasm = WasmBytes.concat(WasmBytes.wakeWith(0, trap), WasmBytes.section(0, names));
    byte[] artifact = compiled(wasm);
    var in = new ByteArrayInputStream(artifact);
    try (var opened = ModuleArtifact.open(in, ArtifactManifest.sha256(wasm))) {
      assertTrue(opened.heapBytes() < 10_000, "heap: " + opened.heapBytes());
      Guest guest =
          opened.load(ModuleLimits.DEFAULT).start(TestModules.environment(), new RecordingCalls());
      String message = assertThrows(GuestTrapException.class, guest::wake).getMessage();
      assertTrue(message.endsWith("in function 0 (" + "x".repeat(120) + "…)"), message);
    }
  }

  @Test
  void weightIsMoreThanWhatLoadingTakes() throws Exception {
    int elements = 100_000;
    byte[] segment =
        WasmBytes.concat(
            new byte[] {1, 1, 0}, WasmBytes.unsigned(elements), new byte[elements]); // passive
    byte[] module = WasmBytes.wakeWith(0, new byte[0]);
    int code = module.length - 8;
    byte[] wasm =
        WasmBytes.concat(
            Arrays.copyOf(module, code),
            WasmBytes.section(9, segment),
            Arrays.copyOfRange(module, code, module.length));
    var in = new ByteArrayInputStream(compiled(wasm));
    try (var artifact = ModuleArtifact.open(in, ArtifactManifest.sha256(wasm))) {
      long before = usedHeap();
      GuestModule loaded = artifact.load(ModuleLimits.DEFAULT);
      long taken = usedHeap() - before;
      TestModules.start(loaded).close(); // until here it could not go
      assertTrue(taken > elements, "it is kept: " + taken);
      assertTrue(taken <= artifact.heapBytes(), taken + " > " + artifact.heapBytes());
    }
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void limitsHoldAtEveryLoad() throws Exception {
    byte[] wasm = TestModules.bytes("large-memory");
    var in = new ByteArrayInputStream(compiled(wasm));
    try (var artifact = ModuleArtifact.open(in, ArtifactManifest.sha256(wasm))) {
      assertThrows(
          ModuleRefusedException.class, () -> artifact.load(new ModuleLimits(1 << 20, 1, 100)));
    }
  }

  @Test
  void classesGoWithTheLastGuest() throws Exception {
    var classes = ManagementFactory.getClassLoadingMXBean();
    GuestModule module = load(compiled(WASM));
    Guest guest = module.start(TestModules.environment(1 << 20), new RecordingCalls());
    var held = new WeakReference<>(module);
    module = null;
    System.gc();
    assertFalse(held.refersTo(null), "a guest holds its module");
    long unloaded = classes.getUnloadedClassCount();
    guest.close();
    guest = null;
    for (int i = 0; i < 20 && classes.getUnloadedClassCount() == unloaded; i++) {
      System.gc();
    }
    assertTrue(held.refersTo(null));
    assertTrue(classes.getUnloadedClassCount() > unloaded);
  }
}
