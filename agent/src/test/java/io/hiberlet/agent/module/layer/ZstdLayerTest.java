package io.hiberlet.agent.module.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.hiberlet.agent.module.layer.Layer.Compression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What zstd (RFC 8878) brings along: windows, frames of several kinds, and its own damages. */
@Timeout(60)
class ZstdLayerTest {
  private static final byte[] MODULE = "the module".getBytes(UTF_8);
  private static final int MAX_BYTES = 64 << 20;
  private static final int SKIPPABLE_FRAME = 0x184D2A50;

  @TempDir Path folder;

  private byte[] read(byte[] packed) throws Exception {
    Path file = Files.write(folder.resolve("layer"), packed);
    return new LayeredModule(List.of(new Layer(file, Compression.ZSTD)), MAX_BYTES)
        .read(InputStream::readAllBytes);
  }

  private String refusal(byte[] packed) {
    return assertThrows(LayerException.class, () -> read(packed)).getMessage();
  }

  private static byte[] archive() {
    return new TarBytes().file("etc/noise", noise(300_000)).file("m.wasm", MODULE).bytes();
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(7).nextBytes(noise);
    return noise;
  }

  private static byte[] concatenated(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** As those who do not know how much there is to pack. */
  private static byte[] streamed(byte[] content, int windowLog) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var zstd = new ZstdOutputStreamNoFinalizer(packed)) {
      zstd.setLong(windowLog);
      zstd.write(content);
    }
    return packed.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 20, 23})
  void windowsMayHaveEightMegabytes(int windowLog) throws Exception {
    assertArrayEquals(MODULE, read(streamed(archive(), windowLog)));
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 27})
  void largerWindowsAreRefused(int windowLog) throws Exception {
    assertEquals(
        "a layer of the image needs more than 8 MiB of memory to be unpacked (zstd's window size)",
        refusal(streamed(archive(), windowLog)));
  }

  /** Of a single segment, the window is all of the content, without a copy of it being claimed. */
  @Test
  void frameThatClaimsToBeHugeIsRefused() {
    byte[] header = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, (byte) 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x7f};
    assertEquals(
        "a layer of the image needs more than 8 MiB of memory to be unpacked (zstd's window size)",
        refusal(concatenated(header, new byte[100])));
  }

  /** Those who fetch layers in chunks keep a table in frames that others skip. */
  @Test
  void thereMayBeSeveralFrames() throws Exception {
    byte[] archive = archive();
    byte[] table =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(SKIPPABLE_FRAME)
            .putInt(4)
            .array();
    assertArrayEquals(
        MODULE,
        read(
            concatenated(
                table,
                Zstd.compress(Arrays.copyOf(archive, 1000)),
                table,
                Zstd.compress(new byte[0]),
                Zstd.compress(Arrays.copyOfRange(archive, 1000, archive.length)),
                table)));
  }

  @Test
  void dictionariesAreUnknown() {
    byte[] dictionary = noise(1000);
    byte[] packed;
    try (var context = new ZstdCompressCtx().loadDict(dictionary)) {
      packed = context.compress(concatenated(dictionary, archive()));
    }
    assertTrue(refusal(packed).startsWith("a layer of the image is damaged: "));
  }

  @Test
  void whatIsCutOffIsRefused() {
    byte[] whole = Zstd.compress(archive());
    for (int length : new int[] {1, 4, 5, 20, 1000, whole.length - 1}) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertTrue(refusal(cut).startsWith("a layer of the image is damaged: "), "" + length);
    }
  }

  @Test
  void damageAnywhereIsAnAnswerOrARefusalButNothingElse() throws Exception {
    byte[] text = "Some words, again and again, so that there are sequences. ".getBytes(UTF_8);
    byte[] often = ByteBuffer.allocate(text.length * 100).put(0, text).array();
    for (int i = 0; i < 100; i++) {
      System.arraycopy(text, 0, often, i * text.length, text.length - i % 20);
    }
    byte[] sound = new TarBytes().file("words", often).file("m.wasm", MODULE).zstd();
    for (long seed = 0; seed < 1000; seed++) {
      var random = new Random(seed);
      byte[] damaged = sound.clone();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        assertTrue(read(damaged).length <= MAX_BYTES, "seed " + seed);
      } catch (LayerException e) {
        assertTrue(e.getMessage().length() < 1000, "seed " + seed);
      }
    }
  }
}
