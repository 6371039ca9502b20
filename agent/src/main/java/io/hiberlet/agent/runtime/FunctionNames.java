package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.types.CustomSection;
import com.dylibso.chicory.wasm.types.NameCustomSection;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Names a module's functions for people. Immutable. */
final class FunctionNames {
  private static final int MAX_NAME_CHARS = 120;

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
    return clean.length() <= MAX_NAME_CHARS ? clean : clean.substring(0, MAX_NAME_CHARS) + "…";
  }
}
