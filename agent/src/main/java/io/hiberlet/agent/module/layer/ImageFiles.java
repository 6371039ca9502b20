package io.hiberlet.agent.module.layer;

import io.hiberlet.agent.module.layer.TarEntry.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which modules there are in an image's file system, when one layer lies over the other (OCI image
 * specification, "Applying Changesets"). Only names are looked at: nothing is ever written by the
 * paths of an archive. Used by one thread.
 */
final class ImageFiles {
  private static final String SUFFIX = ".wasm";
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  private final TreeMap<String, Place> modules = new TreeMap<>();

  /**
   * Where a file's content is.
   *
   * @param layer its number
   * @param entry its number in the layer
   */
  record Place(int layer, int entry) {}

  /** Takes the next entry, the lowest layer's first. */
  void add(TarEntry tarEntry, Place place) throws LayerException {
    String path = normal(tarEntry.path());
    String name = path.substring(path.lastIndexOf('/') + 1);
    String folder = path.substring(0, path.length() - name.length());
    if (name.equals(OPAQUE)) {
      removeBelow(folder, place.layer());
    } else if (name.startsWith(WHITEOUT)) {
      String hidden = folder + name.substring(WHITEOUT.length());
      removeOlder(hidden, place.layer());
      removeBelow(hidden + "/", place.layer());
    } else {
      replace(path, tarEntry.kind(), place);
    }
  }

  private void replace(String path, Kind kind, Place place) {
    modules.remove(path);
    if (kind != Kind.FOLDER) {
      modules.keySet().removeIf(each -> each.startsWith(path + "/"));
    }
    if (kind == Kind.FILE && path.endsWith(SUFFIX)) {
      modules.put(path, place);
    }
  }

  /** A whiteout hides what the layers below have, never what its own layer has. */
  private void removeOlder(String path, int layer) {
    modules.computeIfPresent(path, (each, place) -> place.layer() < layer ? null : place);
  }

  private void removeBelow(String folder, int layer) {
    modules
        .entrySet()
        .removeIf(each -> each.getKey().startsWith(folder) && each.getValue().layer() < layer);
  }

  /** Without a slash or a dot at the beginning, or a slash at the end. */
  private static String normal(String path) throws LayerException {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..") || part.indexOf('\0') >= 0) {
        throw new LayerException("the layer has a path that leads out of it");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  /** The only module that there is. */
  Place module() throws LayerException {
    if (modules.size() == 1) {
      return modules.firstEntry().getValue();
    }
    if (modules.isEmpty()) {
      throw new LayerException("the image holds no file with the name *.wasm");
    }
    throw new LayerException(
        "the image must hold one file with the name *.wasm, but holds %d: %s"
            .formatted(modules.size(), some(modules)));
  }

  private static String some(Map<String, Place> modules) {
    return modules.keySet().stream()
        .limit(5)
        .map(path -> path.length() <= 100 ? path : path.substring(0, 100) + "…")
        .collect(Collectors.joining(", "));
  }
}
