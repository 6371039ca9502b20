package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportGlobal;
import com.dylibso.chicory.runtime.ImportMemory;
import com.dylibso.chicory.runtime.ImportTable;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Store;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.MutabilityType;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import com.dylibso.chicory.wasm.types.ValType;
import com.dylibso.chicory.wasm.types.Value;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;

/** Runs the commands of one file of the specification's tests, as {@code wast2json} writes them. */
final class SpecScript {
  /** What a validator has to refuse, and what is only text. */
  private static final Set<String> NOT_RUN = Set.of("assert_invalid", "assert_malformed");

  private final Function<String, byte[]> files;
  private final boolean hibernating;
  private final Store store = new Store();
  private final Map<String, SpecModule> named = new HashMap<>();
  private final Set<SpecModule> registered = new HashSet<>();
  private @Nullable SpecModule current;

  /**
   * @param files the modules by name
   * @param hibernating whether every instance that shares nothing goes to sleep before each call
   */
  SpecScript(Function<String, byte[]> files, boolean hibernating) {
    this.files = files;
    this.hibernating = hibernating;
    addSpecTest();
  }

  /** The module that the specification's tests import from. */
  private void addSpecTest() {
    List<ValType> none = List.of();
    ValType i32 = ValType.I32;
    ValType i64 = ValType.I64;
    ValType f32 = ValType.F32;
    ValType f64 = ValType.F64;
    Map.of(
            "print", none,
            "print_i32", List.of(i32),
            "print_i64", List.of(i64),
            "print_f32", List.of(f32),
            "print_f64", List.of(f64),
            "print_i32_f32", List.of(i32, f32),
            "print_f64_f64", List.of(f64, f64))
        .forEach(
            (name, parameters) ->
                store.addFunction(
                    new HostFunction(
                        "spectest", name, FunctionType.of(parameters, none), (i, args) -> null)));
    Map.of(
            "global_i32", new GlobalInstance(666, 0, i32, MutabilityType.Const),
            "global_i64", new GlobalInstance(666, 0, i64, MutabilityType.Const),
            "global_f32",
                new GlobalInstance(Float.floatToIntBits(666.6f), 0, f32, MutabilityType.Const),
            "global_f64",
                new GlobalInstance(Double.doubleToLongBits(666.6), 0, f64, MutabilityType.Const))
        .forEach((name, global) -> store.addGlobal(new ImportGlobal("spectest", name, global)));
    store.addMemory(
        new ImportMemory("spectest", "memory", SpecModule.zeros(new MemoryLimits(1, 2))));
    store.addTable(
        new ImportTable(
            "spectest",
            "table",
            new TableInstance(
                new Table(ValType.FuncRef, new TableLimits(10, 20)), Value.REF_NULL_VALUE)));
  }

  void run(JsonArray commands) throws GuestStateException {
    for (JsonElement element : commands) {
      JsonObject command = element.getAsJsonObject();
      if (!NOT_RUN.contains(text(command, "type")) && !waits(command)) {
        run(command, "line " + command.get("line"));
      }
    }
  }

  /** Returns from a wait for another thread, which needs a memory that no guest may have. */
  private static boolean waits(JsonObject command) {
    return text(command, "type").equals("assert_return")
        && text(command.getAsJsonObject("action"), "field").startsWith("memory.atomic.wait");
  }

  private void run(JsonObject command, String where) throws GuestStateException {
    switch (text(command, "type")) {
      case "module" -> {
        current = module(command);
        if (command.has("name")) {
          named.put(text(command, "name"), current);
        }
      }
      case "register" -> {
        SpecModule module = command.has("name") ? named.get(text(command, "name")) : current;
        registered.add(module);
        store.register(text(command, "as"), module.instance());
      }
      case "action", "assert_return" ->
          assertResults(command.getAsJsonArray("expected"), act(command), where);
      case "assert_trap", "assert_exhaustion" ->
          assertFails(text(command, "text"), () -> act(command), where);
      case "assert_unlinkable", "assert_uninstantiable" ->
          assertFails(text(command, "text"), () -> module(command), where);
      default -> throw new IllegalArgumentException(where + ": " + command);
    }
  }

  private SpecModule module(JsonObject command) {
    return new SpecModule(files.apply(text(command, "filename")), store.toImportValues());
  }

  private long[] act(JsonObject command) throws GuestStateException {
    JsonObject action = command.getAsJsonObject("action");
    SpecModule module = action.has("module") ? named.get(text(action, "module")) : current;
    if (hibernating && !registered.contains(module)) {
      module.hibernate();
    }
    Instance instance = module.instance();
    String field = text(action, "field");
    if (text(action, "type").equals("get")) {
      return new long[] {instance.exports().global(field).getValue()};
    }
    long[] args =
        action.getAsJsonArray("args").asList().stream()
            .mapToLong(arg -> number(arg.getAsJsonObject()))
            .toArray();
    return instance.export(field).apply(args);
  }

  private static void assertResults(JsonArray expected, long[] actual, String where) {
    for (int i = 0; i < expected.size(); i++) {
      JsonObject value = expected.get(i).getAsJsonObject();
      if (!value.has("value")) {
        continue;
      }
      switch (text(value, "value")) {
        case "nan:canonical", "nan:arithmetic" -> assertTrue(isNan(value, actual[i]), where);
        default ->
            assertEquals(cut(value, number(value)), cut(value, actual[i]), where + " " + value);
      }
    }
  }

  private static boolean isNan(JsonObject value, long bits) {
    return text(value, "type").equals("f32")
        ? Float.isNaN(Float.intBitsToFloat((int) bits))
        : Double.isNaN(Double.longBitsToDouble(bits));
  }

  private static long cut(JsonObject value, long bits) {
    return text(value, "type").endsWith("32") ? Integer.toUnsignedLong((int) bits) : bits;
  }

  private static long number(JsonObject value) {
    return text(value, "value").equals("null")
        ? Value.REF_NULL_VALUE
        : Long.parseUnsignedLong(text(value, "value"));
  }

  /** Of other failures, only that there is one: their words are Chicory's. */
  private static void assertFails(String expected, Executable action, String where) {
    var thrown = assertThrows(ChicoryException.class, action, where + ": " + expected);
    if (expected.contains("memory")) {
      assertTrue(
          thrown.getMessage().contains(expected) || expected.contains("incompatible"),
          where + ": " + expected + ", not " + thrown.getMessage());
    }
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).getAsString();
  }
}
