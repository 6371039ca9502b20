package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.WasmModule;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * A compiled module as {@link GuestCompiler} wrote it: a jar file of classes, and the module
 * without its code. Read once, from front to end, one file of it in memory at a time, and every
 * file verified before it is used. Used by one thread.
 */
public final class ModuleArtifact implements Closeable {
  private final JarInputStream jar;
  private final ArtifactManifest manifest;

  /** Files of the manifest that were not read yet. */
  private final Set<String> missing;

  private ModuleArtifact(JarInputStream jar, ArtifactManifest manifest) {
    this.jar = jar;
    this.manifest = manifest;
    this.missing = new HashSet<>(manifest.files().keySet());
  }

  /**
   * Reads what the artifact says about itself.
   *
   * @param in closed with the artifact, or when there is none
   * @param moduleSha256 of the module that it must be of, in hexadecimal digits
   * @throws ArtifactException when it cannot be read, or is of another module or version
   */
  public static ModuleArtifact open(InputStream in, String moduleSha256) throws ArtifactException {
    try {
      return opened(in, moduleSha256);
    } catch (ArtifactException e) {
      closeAfter(e, in);
      throw e;
    } catch (IOException | RuntimeException e) {
      closeAfter(e, in);
      throw new ArtifactException("damaged: " + e.getMessage(), e);
    }
  }

  private static ModuleArtifact opened(InputStream in, String moduleSha256)
      throws ArtifactException, IOException {
    var jar = new JarInputStream(in, false);
    @Nullable Manifest written = jar.getManifest();
    if (written == null) {
      throw new ArtifactException("damaged: it has no manifest");
    }
    ArtifactManifest manifest = ArtifactManifest.read(written);
    if (!moduleSha256.equals(manifest.moduleSha256())) {
      throw new ArtifactException("it is of the module " + manifest.moduleSha256());
    }
    return new ModuleArtifact(jar, manifest);
  }

  private static void closeAfter(Exception failure, InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** What loading it takes of the heap, in bytes, estimated from above. */
  public long heapBytes() {
    return manifest.heapBytes();
  }

  /** What its classes have as files, in bytes. In memory they take some more. */
  public long classBytes() {
    return manifest.classBytes();
  }

  /**
   * Loads the module. To be called once.
   *
   * @throws ArtifactException when it is damaged
   * @throws ModuleRefusedException when limits have changed since, and are exceeded
   */
  public GuestModule load(ModuleLimits limits) throws ArtifactException, ModuleRefusedException {
    try {
      WasmModule module = module(limits);
      return new GuestModule(module, machine(), limits);
    } catch (IOException | RuntimeException | LinkageError e) {
      throw new ArtifactException("damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Says what is in it, without loading it. To be called once, instead of {@link #load}.
   *
   * @throws ArtifactException when it is damaged
   * @throws ModuleRefusedException when limits have changed since, and are exceeded
   */
  public ModuleDescription describe(ModuleLimits limits)
      throws ArtifactException, ModuleRefusedException {
    try {
      return ModuleDescription.of(module(limits));
    } catch (IOException | RuntimeException e) {
      throw new ArtifactException("damaged: " + e.getMessage(), e);
    }
  }

  private WasmModule module(ModuleLimits limits)
      throws ArtifactException, ModuleRefusedException, IOException {
    WasmModule module = StrippedModule.parse(read(ArtifactWriter.MODULE, next()));
    DeclarationChecks.check(module, limits);
    ModuleChecks.check(module);
    return module;
  }

  private Function<Instance, Machine> machine() throws ArtifactException, IOException {
    var classes = new CompiledClasses();
    for (var entry = next(); entry != null; entry = next()) {
      String file = entry.getName();
      byte[] content = read(file, entry);
      int end = file.length() - ArtifactWriter.CLASS.length();
      classes.define(file.substring(0, end).replace('/', '.'), content);
    }
    if (!missing.isEmpty()) {
      throw new ArtifactException("damaged: it has no " + missing.iterator().next());
    }
    return classes.machine();
  }

  private @Nullable JarEntry next() throws IOException {
    return jar.getNextJarEntry();
  }

  private byte[] read(String file, @Nullable JarEntry entry) throws ArtifactException, IOException {
    ArtifactManifest.@Nullable Part part = manifest.files().get(file);
    if (part == null || entry == null || !entry.getName().equals(file) || !missing.remove(file)) {
      throw new ArtifactException("damaged: %s is not where it should be".formatted(file));
    }
    byte[] content = jar.readNBytes(part.size());
    if (jar.read() >= 0 || !part.equals(ArtifactManifest.Part.of(content))) {
      throw new ArtifactException("damaged: %s has another hash".formatted(file));
    }
    return content;
  }

  @Override
  public void close() throws IOException {
    jar.close();
  }
}
