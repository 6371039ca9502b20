package io.hiberlet.agent.module.layer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Makes archives, sound ones and others. */
public final class TarBytes {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A file. */
  public TarBytes file(String path, byte[] content) {
    return entry(path, '0', content);
  }

  /** A folder. */
  public TarBytes folder(String path) {
    return entry(path, '5', new byte[0]);
  }

  /** Anything. */
  public TarBytes entry(String path, char type, byte[] content) {
    return raw(header(path, type, content.length), content);
  }

  /** A file with a path of any length, as pax has it. */
  public TarBytes pax(String path, byte[] content) {
    String record = " path=" + path + "\n";
    int length = record.getBytes(UTF_8).length + 1;
    while (String.valueOf(length).length() + record.getBytes(UTF_8).length != length) {
      length++;
    }
    return entry("pax", 'x', (length + record).getBytes(UTF_8)).file("short", content);
  }

  /** A file with a path of any length, as GNU tar has it. */
  public TarBytes gnu(String path, byte[] content) {
    return entry("././@LongLink", 'L', (path + "\0").getBytes(UTF_8)).file("short", content);
  }

  TarBytes raw(byte[] header, byte[] content) {
    out.writeBytes(header);
    out.writeBytes(content);
    out.writeBytes(new byte[-content.length & (BLOCK - 1)]);
    return this;
  }

  static byte[] header(String path, char type, long size) {
    byte[] header = new byte[BLOCK];
    put(header, 0, path);
    put(header, 100, "0000644\0");
    put(header, 124, "%011o\0".formatted(size));
    header[156] = (byte) type;
    put(header, 257, "ustar\000" + "00");
    return checked(header);
  }

  static byte[] checked(byte[] header) {
    put(header, 148, "        ");
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    return header;
  }

  static void put(byte[] header, int offset, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }

  /** The whole archive. */
  public byte[] bytes() {
    out.writeBytes(new byte[2 * BLOCK]);
    return out.toByteArray();
  }

  /** The whole archive, packed. */
  public byte[] gzip() {
    return gzip(bytes());
  }

  /** The whole archive, packed with zstd. */
  public byte[] zstd() {
    return Zstd.compress(bytes());
  }

  /** Packs anything. */
  public static byte[] gzip(byte[] content) {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
