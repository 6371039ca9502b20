package io.hiberlet.agent.runtime;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.internal.ByteClassCollector;
import com.dylibso.chicory.compiler.internal.Compiler;
import com.dylibso.chicory.wasm.WasmModule;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Validates modules and compiles them to bytecode. Stateless. Nothing but bytes goes in and out, so
 * that it can run where a hostile or huge module hurts nobody else.
 */
public final class GuestCompiler {
  /**
   * A class holds at most 64 Ki constants. Chicory begins with classes that rarely fit when
   * functions are large, and compiles everything anew with half as many; and loading a class takes
   * its whole file in memory.
   */
  private static final int FUNCTIONS_PER_CLASS = 1024;

  private GuestCompiler() {}

  /**
   * Validates and compiles a module. Takes from milliseconds to minutes, and many times the
   * module's size in memory; the calling thread should have some megabytes of stack.
   *
   * @param artifact takes what {@link ModuleArtifact} reads; not closed
   * @throws ModuleRefusedException when it is not a module that this host can run, for whatever
   *     reason; no bytes make anything else happen
   * @throws IOException when the artifact could not be written
   */
  public static void compile(byte[] wasm, ModuleLimits limits, OutputStream artifact)
      throws ModuleRefusedException, IOException {
    WasmModule module = ModuleParser.parse(wasm, limits);
    DeclarationChecks.check(module, limits);
    ModuleChecks.check(module);
    FeatureChecks.check(module);
    Map<String, byte[]> classes = Refusal.onFailure("cannot be compiled", () -> classes(module));
    byte[] stripped =
        Refusal.onFailure("cannot be compiled", () -> StrippedModule.of(wasm, module));
    new ArtifactWriter(wasm, stripped, classes).writeTo(artifact);
  }

  /** Compiled or not at all: the interpreter cannot be interrupted in every loop. */
  private static Map<String, byte[]> classes(WasmModule module) {
    // The public compiler would load every class twice, to verify it. Once is enough.
    Map<String, byte[]> compiled =
        Compiler.builder(module)
            .withClassName(CompiledClasses.MACHINE)
            .withMaxFunctionsPerClass(FUNCTIONS_PER_CLASS)
            .withInterpreterFallback(InterpreterFallback.FAIL)
            .withClassCollectorFactory(ByteClassCollector::new)
            .build()
            .compile()
            .classBytes();
    var classes = new LinkedHashMap<String, byte[]>();
    compiled.forEach((name, bytes) -> classes.put(name.replace('/', '.'), bytes));
    verify(classes);
    return classes;
  }

  /** The virtual machine has limits that the compiler does not know of. */
  private static void verify(Map<String, byte[]> classes) {
    var loaded = new CompiledClasses();
    classes.forEach(loaded::define);
    loaded.machine();
  }
}
