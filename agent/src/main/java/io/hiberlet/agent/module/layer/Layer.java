package io.hiberlet.agent.module.layer;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * A layer of an ordinary container image, on the disk and verified.
 *
 * @param file an archive, as it came
 */
public record Layer(Path file, Compression compression) {
  private static final int BUFFER = 64 << 10;

  /**
   * The window that every decoder has and no encoder should exceed: 8 MiB (RFC 8878, 3.1.1.1.2).
   */
  private static final int ZSTD_WINDOW_LOG = 23;

  /** How an archive is packed. */
  public enum Compression {
    NONE,
    GZIP,
    ZSTD
  }

  private static final Map<String, Compression> TYPES =
      Map.of(
          "application/vnd.oci.image.layer.v1.tar", Compression.NONE,
          "application/vnd.oci.image.layer.v1.tar+gzip", Compression.GZIP,
          "application/vnd.oci.image.layer.v1.tar+zstd", Compression.ZSTD,
          "application/vnd.oci.image.layer.nondistributable.v1.tar", Compression.NONE,
          "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", Compression.GZIP,
          "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", Compression.ZSTD,
          "application/vnd.docker.image.rootfs.diff.tar", Compression.NONE,
          "application/vnd.docker.image.rootfs.diff.tar.gzip", Compression.GZIP,
          "application/vnd.docker.image.rootfs.diff.tar.zstd", Compression.ZSTD);

  /** Of layers of this media type; empty for what is no archive that can be read here. */
  public static Optional<Compression> compression(String mediaType) {
    return Optional.ofNullable(TYPES.get(mediaType));
  }

  /** The archive, to be closed. */
  InputStream unpacked(UnpackingLimit limit) throws IOException {
    InputStream packed = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    try {
      InputStream archive =
          switch (compression) {
            case NONE -> packed;
            case GZIP -> new GZIPInputStream(packed, BUFFER);
            case ZSTD -> zstd(packed);
          };
      return new Counted(archive, limit);
    } catch (IOException e) {
      packed.close();
      throw e;
    }
  }

  private static InputStream zstd(InputStream packed) throws IOException {
    try {
      return new ZstdInputStreamNoFinalizer(packed).setLongMax(ZSTD_WINDOW_LOG);
    } catch (LinkageError e) {
      throw new IOException("cannot unpack zstd on this machine: " + e.getMessage(), e);
    }
  }

  /** Stops a bomb. */
  private static final class Counted extends FilterInputStream {
    private final UnpackingLimit limit;

    Counted(InputStream in, UnpackingLimit limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      limit.addBytes(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = in.read(buffer, offset, length);
      limit.addBytes(Math.max(0, read));
      return read;
    }

    /** No further than to the limit: whoever unpacks does so for all that is skipped. */
    @Override
    public long skip(long count) throws IOException {
      long skipped = in.skip(Math.min(count, limit.bytesLeft() + 1));
      limit.addBytes(skipped);
      return skipped;
    }
  }
}
