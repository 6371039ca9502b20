package io.hiberlet.agent.runtime;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.internal.ByteClassCollector;
import com.dylibso.chicory.compiler.internal.Compiler;
import com.dylibso.chicory.compiler.internal.CompilerResult;
import com.dylibso.chicory.wasm.WasmModule;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

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
    CompilerResult compiled = Refusal.onFailure("cannot be compiled", () -> compiled(module));
    Set<Integer> interpreted = compiled.interpretedFunctions();
    InterpretedFunctions.check(module, interpreted);
    Map<String, byte[]> classes = Refusal.onFailure("cannot be compiled", () -> classes(compiled));
    byte[] stripped =
        Refusal.onFailure("cannot be compiled", () -> StrippedModule.of(wasm, module, interpreted));
    new ArtifactWriter(wasm, stripped, classes).writeTo(artifact);
  }

  private static CompilerResult compiled(WasmModule module) {
    // The public compiler would load every class twice, to verify it. Once is enough.
    return Compiler.builder(module)
        .withClassName(CompiledClasses.MACHINE)
        .withMaxFunctionsPerClass(FUNCTIONS_PER_CLASS)
        .withInterpreterFallback(InterpreterFallback.SILENT)
        .withClassCollectorFactory(ByteClassCollector::new)
        .build()
        .compile();
  }

  private static Map<String, byte[]> classes(CompilerResult compiled) {
    var classes = new LinkedHashMap<String, byte[]>();
    compiled.classBytes().forEach((name, bytes) -> classes.put(name.replace('/', '.'), bytes));
    if (!compiled.interpretedFunctions().isEmpty()) {
      classes.computeIfPresent(
          CompiledClasses.MACHINE, (name, bytes) -> InterpretedFunctions.interruptible(bytes));
    }
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
