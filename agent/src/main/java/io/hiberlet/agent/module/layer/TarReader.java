package io.hiberlet.agent.module.layer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.agent.module.layer.TarEntry.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads archives in the formats ustar, pax and GNU tar, entry by entry, within a few kilobytes of
 * memory whatever the archive says. Used by one thread.
 */
final class TarReader {
  private static final int BLOCK = 512;
  private static final int MAX_EXTENSION_BYTES = 64 << 10;
  private static final int MAX_EXTENSIONS = 8;

  private static final int NAME = 0;
  private static final int NAME_LENGTH = 100;
  private static final int SIZE = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE = 156;
  private static final int MAGIC = 257;
  private static final byte[] POSIX = {'u', 's', 't', 'a', 'r', 0};
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;

  private final InputStream in;
  private final byte[] header = new byte[BLOCK];
  private long content;
  private long padding;

  /**
   * @param in is not closed
   */
  TarReader(InputStream in) {
    this.in = in;
  }

  /** The next entry, whatever was left of the one before; empty at the end. */
  Optional<TarEntry> next() throws IOException, LayerException {
    var extended = new PaxAttributes();
    for (int extensions = 0; extensions <= MAX_EXTENSIONS; extensions++) {
      skip(content + padding);
      if (!readHeader()) {
        return Optional.empty();
      }
      char type = (char) (header[TYPE] & 0xff);
      switch (type) {
        case 'x' -> extended.read(extension());
        case 'L' -> extended.setPath(terminated(extension()));
        case 'K', 'g' -> extension();
        default -> {
          return Optional.of(entry(type, extended));
        }
      }
    }
    throw new LayerException("the layer's archive has too many extended headers");
  }

  private TarEntry entry(char type, PaxAttributes extended) throws LayerException {
    String path = extended.path().orElseGet(this::shortPath);
    Kind kind =
        switch (type) {
          case '0', '\0', '7' ->
              extended.isSparse() ? Kind.OTHER : path.endsWith("/") ? Kind.FOLDER : Kind.FILE;
          case '5' -> Kind.FOLDER;
          default -> Kind.OTHER;
        };
    boolean headerOnly = type >= '1' && type <= '6';
    begin(headerOnly ? 0 : extended.size().orElse(content));
    return new TarEntry(path, kind, kind == Kind.FILE ? content : 0);
  }

  private void begin(long size) {
    content = size;
    padding = -size & (BLOCK - 1);
  }

  /** Reads from the content of the entry that came last; −1 at its end. */
  int read(byte[] buffer, int offset, int length) throws IOException {
    if (content == 0) {
      return length == 0 ? 0 : -1;
    }
    int read = in.read(buffer, offset, (int) Math.min(length, content));
    if (read < 0) {
      throw truncated();
    }
    content -= read;
    return read;
  }

  /** Two empty blocks are an end, one is taken for one, and so is an end between entries. */
  private boolean readHeader() throws IOException, LayerException {
    int read = in.readNBytes(header, 0, BLOCK);
    if (read == 0 || (read == BLOCK && isEmpty())) {
      content = 0;
      padding = 0;
      return false;
    }
    if (read < BLOCK) {
      throw truncated();
    }
    if (number(CHECKSUM, CHECKSUM_LENGTH) != checksum()) {
      throw new LayerException("the layer is no tar archive, or a damaged one");
    }
    begin(number(SIZE, SIZE_LENGTH));
    return true;
  }

  private boolean isEmpty() {
    for (byte each : header) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  /** The sum of all bytes, those of the sum itself taken for spaces. */
  private long checksum() {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean own = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
      sum += own ? ' ' : header[i] & 0xff;
    }
    return sum;
  }

  /** Octal digits, or, in GNU's archives, a binary number with the first bit set. */
  private long number(int offset, int length) throws LayerException {
    long value = 0;
    if ((header[offset] & 0x80) != 0) {
      for (int i = offset; i < offset + length; i++) {
        int bits = i == offset ? header[i] & 0x7f : header[i] & 0xff;
        if (value >> 54 != 0) {
          throw new LayerException("the layer's archive has an impossible size");
        }
        value = value << 8 | bits;
      }
      return value;
    }
    String digits = new String(header, offset, length, ISO_8859_1).replace('\0', ' ').strip();
    if (!digits.matches("[0-7]*")) {
      throw new LayerException("the layer is no tar archive, or a damaged one");
    }
    return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
  }

  private String shortPath() {
    String name = field(NAME, NAME_LENGTH);
    boolean posix = Arrays.equals(header, MAGIC, MAGIC + POSIX.length, POSIX, 0, POSIX.length);
    String prefix = posix ? field(PREFIX, PREFIX_LENGTH) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private String field(int offset, int length) {
    return terminated(Arrays.copyOfRange(header, offset, offset + length));
  }

  private static String terminated(byte[] text) {
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, UTF_8);
  }

  private byte[] extension() throws IOException, LayerException {
    if (content > MAX_EXTENSION_BYTES) {
      throw new LayerException(
          "the layer's archive has an extended header of %d bytes".formatted(content));
    }
    byte[] bytes = in.readNBytes((int) content);
    if (bytes.length < content) {
      throw truncated();
    }
    content = 0;
    return bytes;
  }

  private void skip(long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw truncated();
    }
    content = 0;
    padding = 0;
  }

  private static EOFException truncated() {
    return new EOFException("the layer's archive is cut off");
  }
}
