package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.Version;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of a compiled module's jar file: what made it, of what, and what is in it.
 *
 * @param moduleSha256 of the module that was compiled, in hexadecimal digits
 * @param heapBytes that loading it takes at the most, its classes aside
 * @param files by name
 */
record ArtifactManifest(String moduleSha256, long heapBytes, Map<String, Part> files) {
  /** To be raised whenever the layout, or what modules are refused for, changes. */
  private static final String FORMAT = "2";

  private static final Attributes.Name FORMAT_KEY = new Attributes.Name("Hiberlet-Format");
  private static final Attributes.Name CHICORY_KEY = new Attributes.Name("Chicory-Version");
  private static final Attributes.Name ABI_KEY = new Attributes.Name("Guest-Abi");
  private static final Attributes.Name MODULE_KEY = new Attributes.Name("Module-Sha256");
  private static final Attributes.Name HEAP_KEY = new Attributes.Name("Heap-Bytes");
  private static final Attributes.Name SIZE_KEY = new Attributes.Name("Size");
  private static final Attributes.Name SHA256_KEY = new Attributes.Name("Sha256");

  /** One file: its size in bytes, and its hash. */
  record Part(int size, String sha256) {

    static Part of(byte[] content) {
      return new Part(content.length, ArtifactManifest.sha256(content));
    }
  }

  long classBytes() {
    return files.entrySet().stream()
        .filter(file -> file.getKey().endsWith(ArtifactWriter.CLASS))
        .mapToLong(file -> file.getValue().size())
        .sum();
  }

  Manifest written() {
    var manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(FORMAT_KEY, FORMAT);
    main.put(CHICORY_KEY, Version.version());
    main.put(ABI_KEY, GuestModule.ABI);
    main.put(MODULE_KEY, moduleSha256);
    main.put(HEAP_KEY, Long.toString(heapBytes));
    files.forEach(
        (name, part) -> {
          var attributes = new Attributes();
          attributes.put(SIZE_KEY, Integer.toString(part.size()));
          attributes.put(SHA256_KEY, part.sha256());
          manifest.getEntries().put(name, attributes);
        });
    return manifest;
  }

  /**
   * Reads one that this very version wrote.
   *
   * @throws ArtifactException when another did, or nothing that makes sense
   */
  static ArtifactManifest read(Manifest manifest) throws ArtifactException {
    Attributes main = manifest.getMainAttributes();
    require("format", FORMAT, main.getValue(FORMAT_KEY));
    require("compiler", Version.version(), main.getValue(CHICORY_KEY));
    require("guest ABI", GuestModule.ABI, main.getValue(ABI_KEY));
    try {
      var files = new HashMap<String, Part>();
      manifest.getEntries().forEach((name, attributes) -> files.put(name, part(attributes)));
      return new ArtifactManifest(
          main.getValue(MODULE_KEY), Long.parseLong(main.getValue(HEAP_KEY)), files);
    } catch (NumberFormatException e) {
      throw new ArtifactException("its manifest makes no sense", e);
    }
  }

  private static Part part(Attributes attributes) {
    return new Part(
        Integer.parseInt(attributes.getValue(SIZE_KEY)),
        String.valueOf(attributes.getValue(SHA256_KEY)));
  }

  private static void require(String what, String wanted, @Nullable String found)
      throws ArtifactException {
    if (!wanted.equals(found)) {
      throw new ArtifactException("its %s is %s, not %s".formatted(what, found, wanted));
    }
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
