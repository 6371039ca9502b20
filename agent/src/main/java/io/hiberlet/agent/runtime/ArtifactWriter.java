package io.hiberlet.agent.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.Deflater;

/**
 * Writes a compiled module as a jar file, in the order in which it is read: the manifest, the
 * stripped module, the classes. The same module makes the same bytes.
 */
final class ArtifactWriter {
  static final String MODULE = "module.wasm";
  static final String CLASS = ".class";

  private final ArtifactManifest manifest;
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  /**
   * @param wasm the module as it was compiled
   * @param classes by name
   */
  ArtifactWriter(byte[] wasm, byte[] stripped, Map<String, byte[]> classes) {
    files.put(MODULE, stripped);
    classes.forEach((name, bytes) -> files.put(name.replace('.', '/') + CLASS, bytes));
    var parts = new LinkedHashMap<String, ArtifactManifest.Part>();
    files.forEach((name, bytes) -> parts.put(name, ArtifactManifest.Part.of(bytes)));
    this.manifest =
        new ArtifactManifest(ArtifactManifest.sha256(wasm), ModuleWeight.of(stripped), parts);
  }

  /** Does not close the stream. */
  void writeTo(OutputStream out) throws IOException {
    var jar = new JarOutputStream(out);
    jar.setLevel(Deflater.BEST_SPEED);
    jar.putNextEntry(entry("META-INF/MANIFEST.MF"));
    manifest.written().write(jar);
    for (var file : files.entrySet()) {
      jar.putNextEntry(entry(file.getKey()));
      jar.write(file.getValue());
    }
    jar.finish();
  }

  private static JarEntry entry(String name) {
    var entry = new JarEntry(name);
    entry.setTime(0);
    return entry;
  }
}
