package io.hiberlet.agent.module.layer;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import io.hiberlet.agent.module.layer.ImageFiles.Place;
import io.hiberlet.agent.module.layer.UnpackingLimit.TooLargeException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Finds the only module in the layers of a container image: one pass to see which files there are,
 * another to read the one. Used by one thread.
 */
public final class LayeredModule {
  private static final int MAX_ENTRIES = 20_000;

  private final List<Layer> layers;
  private final long maxBytes;

  /**
   * @param layers the lowest first
   * @param maxBytes of all layers together, unpacked
   */
  public LayeredModule(List<Layer> layers, long maxBytes) {
    this.layers = List.copyOf(layers);
    this.maxBytes = maxBytes;
  }

  /**
   * What takes the module.
   *
   * @param <T> what comes of it
   * @param <E> what goes wrong with it
   */
  @FunctionalInterface
  public interface Taker<T, E extends Exception> {
    T take(InputStream module) throws IOException, E;
  }

  /**
   * Hands over the module's content.
   *
   * @throws LayerException when there is not exactly one, or a layer is malformed or too large
   * @throws IOException when the disk failed
   */
  public <T, E extends Exception> T read(Taker<T, E> taker) throws LayerException, IOException, E {
    try {
      return open(find(), taker);
    } catch (TooLargeException e) {
      throw new LayerException(String.valueOf(e.getMessage()), e);
    } catch (ZipException | ZstdIOException | EOFException e) { // files end where they end
      throw new LayerException(whatIsWrong(e), e);
    }
  }

  private static String whatIsWrong(IOException failure) {
    return failure instanceof ZstdIOException zstd
            && zstd.getErrorCode() == Zstd.errFrameParameterWindowTooLarge()
        ? "a layer of the image needs more than 8 MiB of memory to be unpacked (zstd's window size)"
        : "a layer of the image is damaged: " + failure.getMessage();
  }

  private Place find() throws IOException, LayerException {
    var limit = new UnpackingLimit(maxBytes, MAX_ENTRIES);
    var files = new ImageFiles();
    for (int number = 0; number < layers.size(); number++) {
      try (InputStream archive = layers.get(number).unpacked(limit)) {
        var tar = new TarReader(archive);
        Optional<TarEntry> entry = tar.next();
        for (int at = 0; entry.isPresent(); at++) {
          limit.addEntry();
          files.add(entry.get(), new Place(number, at));
          entry = tar.next();
        }
      }
    }
    return files.module();
  }

  private <T, E extends Exception> T open(Place place, Taker<T, E> taker)
      throws IOException, LayerException, E {
    var limit = new UnpackingLimit(maxBytes, MAX_ENTRIES);
    try (InputStream archive = layers.get(place.layer()).unpacked(limit)) {
      var tar = new TarReader(archive);
      for (int at = 0; at < place.entry(); at++) {
        tar.next();
      }
      tar.next();
      return taker.take(new Content(tar));
    }
  }

  /** The content of the entry that a reader is at. */
  private static final class Content extends InputStream {
    private final TarReader tar;

    Content(TarReader tar) {
      this.tar = tar;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return tar.read(buffer, offset, length);
    }
  }
}
