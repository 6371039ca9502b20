package io.hiberlet.agent.module.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.hiberlet.agent.module.layer.Layer.Compression;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LayeredModuleTest {
  private static final byte[] MODULE = "the module".getBytes(UTF_8);
  private static final byte[] OTHER = "another".getBytes(UTF_8);
  private static final byte[] EMPTY = {};
  private static final int MAX_BYTES = 1 << 20;

  @TempDir Path folder;

  private byte[] read(Compression compression, byte[]... archives) throws Exception {
    List<Layer> layers = new ArrayList<>();
    for (byte[] archive : archives) {
      layers.add(
          new Layer(Files.write(Files.createTempFile(folder, "", ""), archive), compression));
    }
    return new LayeredModule(layers, MAX_BYTES).read(InputStream::readAllBytes);
  }

  private byte[] read(TarBytes... layers) throws Exception {
    return read(
        Compression.NONE, Arrays.stream(layers).map(TarBytes::bytes).toArray(byte[][]::new));
  }

  private String refusal(TarBytes... layers) {
    return assertThrows(LayerException.class, () -> read(layers)).getMessage();
  }

  private static TarBytes tar() {
    return new TarBytes();
  }

  @Test
  void theOnlyModuleIsFound() throws Exception {
    TarBytes layer = tar().folder("app").file("a.txt", new byte[513]).file("app/m.wasm", MODULE);
    assertArrayEquals(MODULE, read(layer.file("z", new byte[512])));
  }

  @Test
  void packedLayersAreUnpacked() throws Exception {
    byte[] layer = tar().file("m.wasm", MODULE).gzip();
    assertArrayEquals(MODULE, read(Compression.GZIP, layer));
    assertArrayEquals(MODULE, read(Compression.ZSTD, tar().file("m.wasm", MODULE).zstd()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 99, 100, 101, 255, 256, 3000})
  void pathsMayBeLong(int length) throws Exception {
    String path = "d/".repeat((length - 1) / 2) + "m.wasm";
    assertArrayEquals(MODULE, read(tar().pax(path, MODULE)));
    assertArrayEquals(MODULE, read(tar().gnu(path, MODULE)));
    assertTrue(refusal(tar().pax(path, MODULE).file("x.wasm", OTHER)).contains("holds 2"));
  }

  @Test
  void pathsMayHaveAPrefix() throws Exception {
    byte[] header = TarBytes.header("m.wasm", '0', MODULE.length);
    TarBytes.put(header, 345, "some/folder");
    TarBytes layer = tar().raw(TarBytes.checked(header), MODULE).file("m.wasm", OTHER);
    assertTrue(refusal(layer).endsWith("holds 2: m.wasm, some/folder/m.wasm"));
  }

  @Test
  void upperLayerReplacesAFile() throws Exception {
    assertArrayEquals(MODULE, read(tar().file("m.wasm", OTHER), tar().file("./m.wasm", MODULE)));
    assertArrayEquals(MODULE, read(tar().file("/m.wasm", OTHER).file("m.wasm", MODULE)));
  }

  @Test
  void whiteoutsHideWhatIsBelow() throws Exception {
    TarBytes below = tar().file("a/old.wasm", OTHER).file("b/c/old.wasm", OTHER);
    TarBytes above = tar().file("a/.wh.old.wasm", EMPTY).file(".wh.b", EMPTY);
    assertArrayEquals(MODULE, read(below, above.file("m.wasm", MODULE)));
  }

  @Test
  void whiteoutsDoNotHideTheirOwnLayer() throws Exception {
    TarBytes below = tar().file("a/old.wasm", OTHER);
    TarBytes above = tar().file("a/m.wasm", MODULE).file("a/.wh..wh..opq", EMPTY);
    assertArrayEquals(MODULE, read(below, above));
    assertArrayEquals(
        MODULE, read(below, tar().file("a/old.wasm", MODULE).file("a/.wh.old.wasm", EMPTY)));
  }

  @Test
  void opaqueRootHidesAll() throws Exception {
    assertArrayEquals(
        MODULE,
        read(
            tar().file("old.wasm", OTHER),
            tar().file(".wh..wh..opq", EMPTY).file("m.wasm", MODULE)));
  }

  @Test
  void fileInThePlaceOfAFolderHidesIt() throws Exception {
    assertArrayEquals(
        MODULE,
        read(tar().file("a/old.wasm", OTHER), tar().file("a", EMPTY).file("m.wasm", MODULE)));
    assertArrayEquals(
        MODULE,
        read(tar().file("old.wasm", OTHER), tar().folder("old.wasm/").file("m.wasm", MODULE)));
  }

  @Test
  void linksAreNoModules() throws Exception {
    TarBytes layer = tar().entry("link.wasm", '2', EMPTY).entry("hard.wasm", '1', EMPTY);
    assertArrayEquals(MODULE, read(layer.file("m.wasm", MODULE)));
    assertTrue(refusal(tar().entry("link.wasm", '2', EMPTY)).contains("holds no file"));
  }

  @Test
  void manyModulesAreNamed() {
    assertEquals(
        "the image must hold one file with the name *.wasm, but holds 2: a.wasm, b/c.wasm",
        refusal(tar().file("b/c.wasm", MODULE), tar().file("a.wasm", OTHER)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../m.wasm", "a/../../m.wasm", "/..", "a/.."})
  void pathsThatLeadOutAreRefused(String path) {
    assertEquals("the layer has a path that leads out of it", refusal(tar().file(path, MODULE)));
  }

  @Test
  void manyFilesAreRefused() {
    TarBytes layer = tar();
    for (int i = 0; i <= 20_000; i++) {
      layer.folder("");
    }
    byte[] packed = layer.gzip();
    var layers =
        assertThrows(
            LayerException.class,
            () ->
                new LayeredModule(
                        List.of(
                            new Layer(
                                Files.write(folder.resolve("many"), packed), Compression.GZIP)),
                        100 << 20)
                    .read(InputStream::readAllBytes));
    assertEquals("the image has more than 20000 files", layers.getMessage());
  }

  @Test
  void bombIsStopped() {
    byte[] bomb = tar().file("zeros", new byte[20 << 20]).gzip();
    assertTrue(bomb.length < 100_000);
    assertEquals(
        "the image unpacks to more than the 1048576 bytes that are allowed",
        assertThrows(LayerException.class, () -> read(Compression.GZIP, bomb)).getMessage());
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void bombInWhatIsSkippedIsStopped(Compression compression) {
    byte[] bomb = tar().file("zeros", new byte[2 << 20]).bytes();
    byte[] packed = compression == Compression.ZSTD ? Zstd.compress(bomb) : TarBytes.gzip(bomb);
    byte[] cut = Arrays.copyOf(packed, packed.length - 3); // so that its end would be an error
    assertEquals(
        "the image unpacks to more than the 1048576 bytes that are allowed",
        assertThrows(LayerException.class, () -> read(compression, cut)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(chars = {'x', 'L', 'K', 'g'})
  void longExtendedHeadersAreRefused(char type) {
    assertEquals(
        "the layer's archive has an extended header of 70000 bytes",
        refusal(tar().entry("long", type, new byte[70_000])));
  }

  @Test
  void manyExtendedHeadersAreRefused() {
    TarBytes layer = tar();
    for (int i = 0; i < 10; i++) {
      layer.entry("long", 'L', "name".getBytes(UTF_8));
    }
    assertEquals("the layer's archive has too many extended headers", refusal(layer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "5 a=b",
        "12 path=abc",
        "99 path=abc\n",
        "0 a=b\n",
        "6 a\n",
        "-1 a=b\n",
        "12 size=-12\n",
        "99999999999 a=b\n"
      })
  void malformedExtendedHeaders(String record) throws Exception {
    TarBytes layer = tar().entry("pax", 'x', record.getBytes(UTF_8)).file("m.wasm", MODULE);
    if (record.isEmpty()) {
      assertArrayEquals(MODULE, read(layer));
    } else {
      assertEquals("the layer's archive has a malformed extended header", refusal(layer));
    }
  }

  @Test
  void hugeSizesAreRefused() {
    byte[] header = TarBytes.header("m.wasm", '0', 0);
    header[124] = (byte) 0xff;
    assertEquals(
        "the layer's archive has an impossible size",
        refusal(tar().raw(TarBytes.checked(header), EMPTY)));
  }

  @Test
  void whatIsNoArchiveIsRefused() {
    assertEquals(
        "the layer is no tar archive, or a damaged one",
        assertThrows(LayerException.class, () -> read(Compression.NONE, new byte[0], noise(600)))
            .getMessage());
    assertTrue(
        assertThrows(LayerException.class, () -> read(Compression.GZIP, noise(600)))
            .getMessage()
            .startsWith("a layer of the image is damaged: "));
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(7).nextBytes(noise);
    return noise;
  }

  @Test
  void archiveThatIsCutOffIsRefused() {
    byte[] whole = tar().file("m.wasm", new byte[2000]).bytes();
    for (int length : new int[] {1, 511, 513, 1000, 2511}) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(LayerException.class, () -> read(Compression.NONE, cut), "" + length);
    }
  }

  @Test
  void damageAnywhereIsAnAnswerOrARefusalButNothingElse() throws Exception {
    byte[] sound =
        tar()
            .folder("d")
            .pax("d/" + "e".repeat(150), new byte[700])
            .gnu("f/" + "g".repeat(150), new byte[10])
            .file("m.wasm", MODULE)
            .bytes();
    int answers = 0;
    for (long seed = 0; seed < 1000; seed++) {
      var random = new Random(seed);
      byte[] damaged = sound.clone();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        byte[] module = read(Compression.NONE, damaged);
        assertTrue(module.length <= damaged.length, "seed " + seed);
        answers++;
      } catch (LayerException e) {
        assertTrue(e.getMessage().length() < 1000, "seed " + seed);
      }
    }
    assertTrue(answers > 0);
  }
}
