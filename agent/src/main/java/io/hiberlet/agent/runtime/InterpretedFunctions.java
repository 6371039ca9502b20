package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.internal.CompilerInterpreterMachine;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionBody;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.Set;

/**
 * The functions of a module that are too large for a method of the JVM, 64 KiB of bytecode (JVMS
 * 4.7.3): Go has a few, which fill tables. They are interpreted, within limits. Stateless.
 */
final class InterpretedFunctions {
  /**
   * Of all of them together. An instruction takes up to 160 bytes for as long as the module is
   * loaded, and a block that is open 40 bytes of a frame.
   */
  private static final int MAX_INSTRUCTIONS = 100_000;

  /** Of one of them: a compiled one has no more than fit into a frame of the guest's thread. */
  private static final int MAX_LOCALS = 1000;

  private static final ClassDesc THEIRS = descriptor(CompilerInterpreterMachine.class);
  private static final ClassDesc OURS = descriptor(InterruptibleInterpreter.class);

  private InterpretedFunctions() {}

  /**
   * Whether they may be interpreted.
   *
   * @param functions by index, those that are imported first
   */
  static void check(WasmModule module, Set<Integer> functions) throws ModuleRefusedException {
    int imported = module.importSection().count(ExternalType.FUNCTION);
    long instructions = 0;
    for (int function : functions) {
      FunctionBody body = module.codeSection().getFunctionBody(function - imported);
      instructions += body.instructions().size();
      requireAtMost(MAX_LOCALS, body.localTypes().size(), "locals in one");
    }
    requireAtMost(MAX_INSTRUCTIONS, instructions, "instructions in all of them");
  }

  private static void requireAtMost(int limit, long has, String what)
      throws ModuleRefusedException {
    if (has > limit) {
      throw new ModuleRefusedException(
          "functions larger than a method of the JVM (64 KiB of bytecode) are too large to"
              + " interpret: %d %s, of %d that are allowed".formatted(has, what, limit));
    }
  }

  /** The same class file, which makes an interpreter of ours where it made one. */
  static byte[] interruptible(byte[] classFile) {
    var files = ClassFile.of();
    return files.transformClass(
        files.parse(classFile),
        ClassTransform.transformingMethodBodies(
            method -> method.methodName().equalsString(ConstantDescs.INIT_NAME),
            InterpretedFunctions::replace));
  }

  private static void replace(CodeBuilder code, CodeElement element) {
    switch (element) {
      case NewObjectInstruction made when isTheirs(made.className()) -> code.new_(OURS);
      case InvokeInstruction call
          when call.opcode() == Opcode.INVOKESPECIAL && isTheirs(call.owner()) ->
          code.invokespecial(OURS, ConstantDescs.INIT_NAME, call.typeSymbol());
      default -> code.with(element);
    }
  }

  private static boolean isTheirs(ClassEntry name) {
    return name.asSymbol().equals(THEIRS);
  }

  private static ClassDesc descriptor(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }
}
