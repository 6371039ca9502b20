package io.hiberlet.agent.module;

import io.hiberlet.agent.module.layer.Layer;
import io.hiberlet.agent.module.layer.LayerException;
import io.hiberlet.agent.module.layer.LayeredModule;
import io.hiberlet.agent.module.registry.Descriptor;
import io.hiberlet.agent.module.registry.RegistryImage;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One pull of an ordinary container image. Its layers are brought to the disk and verified before
 * anything looks into them, and removed again. Used by one thread.
 */
final class ContainerImage {
  private final RegistryImage image;
  private final ModuleStore store;
  private final long maxBytes;
  private final List<Path> files = new ArrayList<>();

  /**
   * @param image of which {@link #isOne} is true
   * @param maxBytes of all layers, and again of all layers unpacked
   */
  ContainerImage(RegistryImage image, ModuleStore store, long maxBytes) {
    this.image = image;
    this.store = store;
    this.maxBytes = maxBytes;
  }

  /** Whether all layers are archives that can be read here. */
  static boolean isOne(RegistryImage image) {
    return !image.layers().isEmpty()
        && image.layers().stream()
            .allMatch(layer -> Layer.compression(layer.mediaType()).isPresent());
  }

  PulledImage pull() throws IOException, ModuleRefusedException, InterruptedException {
    long bytes = size();
    try {
      List<Layer> layers = new ArrayList<>();
      for (Descriptor layer : image.layers()) {
        Path file = download(layer);
        layers.add(new Layer(file, Layer.compression(layer.mediaType()).orElseThrow()));
      }
      ModuleDigest module = new LayeredModule(layers, maxBytes).read(store::write);
      return new PulledImage(image.digest(), module, bytes);
    } catch (LayerException e) {
      throw new ModuleRefusedException(String.valueOf(e.getMessage()), e);
    } finally {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  private long size() throws ModuleRefusedException {
    long sum = 0;
    for (Descriptor layer : image.layers()) {
      sum += Math.min(layer.size(), maxBytes + 1); // no overflow by 128 layers
    }
    if (sum > maxBytes) {
      throw new ModuleRefusedException(
          "the image's layers have more than the %d bytes that are allowed".formatted(maxBytes));
    }
    return sum;
  }

  private Path download(Descriptor layer) throws IOException, InterruptedException {
    Path file = store.newPart();
    files.add(file);
    try (InputStream content = image.open(layer);
        var out = Files.newOutputStream(file)) {
      content.transferTo(out);
    }
    return file;
  }
}
