package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.ValType;
import com.dylibso.chicory.wasm.types.Value;
import java.util.List;

/**
 * Puts a state into a new instance of {@link ModuleImage#resuming}. Believes nothing: a state of
 * another module, or one that was damaged, is refused.
 */
final class StateRestore {
  private final Instance instance;
  private final GuestState state;

  private StateRestore(Instance instance, GuestState state) {
    this.instance = instance;
    this.state = state;
  }

  static void restore(Instance instance, GuestState state) throws GuestStateException {
    var restore = new StateRestore(instance, state);
    restore.memories();
    restore.globals();
    restore.tables();
    restore.segments();
    restore.descriptors();
  }

  private void memories() throws GuestStateException {
    List<CopyOnWriteMemory> memories = CopyOnWriteMemory.all(instance).toList();
    requireEqual("memories", memories.size(), state.memories().size());
    for (int i = 0; i < memories.size(); i++) {
      restoreMemory(memories.get(i), state.memories().get(i));
    }
  }

  private static void restoreMemory(CopyOnWriteMemory memory, GuestState.Memory saved)
      throws GuestStateException {
    int growth = saved.wasmPages() - memory.pages();
    if (growth < 0 || memory.grow(growth) < 0) {
      throw new GuestStateException(
          "the state has a memory of %d pages, the instance may have %d to %d"
              .formatted(saved.wasmPages(), memory.initialPages(), memory.maximumPages()));
    }
    int pages = saved.wasmPages() * (Memory.PAGE_SIZE / GuestState.PAGE_BYTES);
    for (GuestState.Page page : saved.pages()) {
      if (page.index() < 0
          || page.index() >= pages
          || page.bytes().length != GuestState.PAGE_BYTES) {
        throw new GuestStateException("the state has a page outside of its memory");
      }
    }
    memory.restore(saved);
  }

  private void globals() throws GuestStateException {
    long[] saved = state.globals();
    int next = 0;
    for (int i = 0; i < instance.globalCount(); i++) {
      var global = instance.global(i);
      boolean wide = global.getType().equals(ValType.V128);
      if (next + (wide ? 2 : 1) > saved.length) {
        throw new GuestStateException("the state has fewer globals than the module");
      }
      if (global.getType().isReference()) {
        requireReference(saved[next]);
      }
      global.setValueLow(saved[next++]);
      if (wide) {
        global.setValueHigh(saved[next++]);
      }
    }
    requireEqual("globals", next, saved.length);
  }

  private void tables() throws GuestStateException {
    requireEqual("tables", instance.tableCount(), state.tables().size());
    for (int i = 0; i < instance.tableCount(); i++) {
      restoreTable(instance.table(i), state.tables().get(i));
    }
  }

  private void restoreTable(TableInstance table, int[] saved) throws GuestStateException {
    int growth = saved.length - table.size();
    if (growth < 0 || table.grow(growth, Value.REF_NULL_VALUE, instance) < 0) {
      throw new GuestStateException(
          "the state has a table of %d elements, the instance may have %d to %d"
              .formatted(saved.length, table.size(), table.limits().max()));
    }
    for (int i = 0; i < saved.length; i++) {
      requireReference(saved[i]);
      table.setRef(i, saved[i], instance);
    }
  }

  private void segments() throws GuestStateException {
    requireIndexes(state.droppedData(), instance.module().dataSection().dataSegmentCount());
    requireIndexes(state.droppedElements(), instance.elementCount());
    state.droppedData().forEach(instance::dropDataSegment);
    state.droppedElements().forEach(index -> instance.setElement(index, null));
  }

  private void descriptors() throws GuestStateException {
    for (OpenDescriptor each : state.descriptors()) {
      if (!each.isPossible()) {
        throw new GuestStateException("the state has a descriptor that no guest can have");
      }
    }
  }

  private void requireReference(long value) throws GuestStateException {
    if (value != Value.REF_NULL_VALUE && (value < 0 || value >= instance.functionCount())) {
      throw new GuestStateException("the state refers to a function that the module does not have");
    }
  }

  private static void requireIndexes(List<Integer> indexes, int count) throws GuestStateException {
    if (indexes.stream().anyMatch(index -> index < 0 || index >= count)) {
      throw new GuestStateException("the state refers to a segment that the module does not have");
    }
  }

  private static void requireEqual(String what, int expected, int found)
      throws GuestStateException {
    if (expected != found) {
      throw new GuestStateException(
          "the state has %d %s, the module %d".formatted(found, what, expected));
    }
  }
}
