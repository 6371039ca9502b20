package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.WasmWriter;
import com.dylibso.chicory.wasm.types.CustomSection;
import com.dylibso.chicory.wasm.types.NameCustomSection;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Names a module's functions for people. Immutable. */
final class FunctionNames {
  /** Of the custom section that has them. */
  static final String SECTION = "name";

  private static final int MAX_NAME_CHARS = 120;

  private static final String CUT = "…";

  /** Of all names together, in a section that this host writes. */
  private static final int MAX_BYTES = 1 << 20;

  private static final int FUNCTIONS = 1;

  /** The methods that Chicory compiles functions to. */
  private static final String COMPILED_METHOD = "func_";

  private static final String COMPILED_CLASS = "com.dylibso.chicory.$gen.";

  private final @Nullable NameCustomSection names;

  FunctionNames(@Nullable NameCustomSection names) {
    this.names = names;
  }

  /** Reads a name section, which may be nonsense without making the module invalid. */
  static CustomSection parse(byte[] section) {
    try {
      return NameCustomSection.parse(section);
    } catch (RuntimeException | AssertionError e) {
      return NameCustomSection.parse(new byte[0]);
    }
  }

  /**
   * A name section with the names of a module's functions, as far as they fit, and nothing else:
   * what a message may need of one that is as large as its maker liked.
   */
  static byte[] section(WasmModule module) {
    int functions = module.importSection().importCount() + module.functionSection().functionCount();
    var names = new ByteArrayOutputStream();
    int count = 0;
    for (int i = 0; i < functions && names.size() < MAX_BYTES; i++) {
      @Nullable String name =
          module.nameSection() == null ? null : module.nameSection().nameOfFunction(i);
      if (name != null) {
        WasmWriter.writeVarUInt32(names, i);
        writeBytes(names, ascii(printable(name)));
        count++;
      }
    }
    return section(count, names.toByteArray());
  }

  /** Chicory reads no name section in which a name has a character like the one for "and so on". */
  private static byte[] ascii(String printable) {
    return printable.replace(CUT, "...").getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] section(int count, byte[] names) {
    var map = new ByteArrayOutputStream();
    WasmWriter.writeVarUInt32(map, count);
    map.writeBytes(names);
    var section = new ByteArrayOutputStream();
    writeBytes(section, SECTION.getBytes(StandardCharsets.US_ASCII));
    section.write(FUNCTIONS);
    writeBytes(section, map.toByteArray());
    return section.toByteArray();
  }

  private static void writeBytes(ByteArrayOutputStream out, byte[] bytes) {
    WasmWriter.writeVarUInt32(out, bytes.length);
    out.writeBytes(bytes);
  }

  /** The function that was running when something was thrown, as "function 7 (name)". */
  Optional<String> blame(Throwable thrown) {
    return Stream.of(thrown.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith(COMPILED_CLASS))
        .filter(frame -> frame.getMethodName().startsWith(COMPILED_METHOD))
        .findFirst()
        .map(frame -> frame.getMethodName().substring(COMPILED_METHOD.length()))
        .map(Integer::valueOf)
        .map(this::describe);
  }

  private String describe(int index) {
    @Nullable String name = names == null ? null : names.nameOfFunction(index);
    return "function " + index + (name == null ? "" : " (" + printable(name) + ")");
  }

  /** A name from a module as it may stand in a message: one line, of bounded length. */
  static String printable(String name) {
    String clean = name.replaceAll("[^\\p{Graph} ]", "?");
    return clean.length() <= MAX_NAME_CHARS ? clean : clean.substring(0, MAX_NAME_CHARS) + CUT;
  }
}
