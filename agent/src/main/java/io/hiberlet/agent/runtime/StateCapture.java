package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;
import com.dylibso.chicory.wasm.types.ValType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Copies an instance's state out of it. */
final class StateCapture {
  private static final byte[] ZERO_PAGE = new byte[GuestState.PAGE_BYTES];

  private StateCapture() {}

  static GuestState capture(Instance instance, GuestClock clock) {
    WasmModule module = instance.module();
    return new GuestState(
        IntStream.range(0, DeclarationChecks.memories(module).size())
            .mapToObj(instance::memory)
            .map(StateCapture::memory)
            .toList(),
        IntStream.range(0, instance.globalCount())
            .boxed()
            .flatMapToLong(index -> global(instance, index))
            .toArray(),
        IntStream.range(0, instance.tableCount())
            .mapToObj(instance::table)
            .map(StateCapture::table)
            .toList(),
        droppedData(instance, module),
        droppedElements(instance),
        clock.nanos(),
        Instant.now());
  }

  private static GuestState.Memory memory(Memory memory) {
    var pages = new ArrayList<GuestState.Page>();
    int count = memory.pages() * (Memory.PAGE_SIZE / GuestState.PAGE_BYTES);
    for (int index = 0; index < count; index++) {
      byte[] bytes = memory.readBytes(index * GuestState.PAGE_BYTES, GuestState.PAGE_BYTES);
      if (!Arrays.equals(bytes, ZERO_PAGE)) {
        pages.add(new GuestState.Page(index, bytes));
      }
    }
    return new GuestState.Memory(memory.pages(), false, pages);
  }

  private static LongStream global(Instance instance, int index) {
    var global = instance.global(index);
    return global.getType().equals(ValType.V128)
        ? LongStream.of(global.getValueLow(), global.getValueHigh())
        : LongStream.of(global.getValue());
  }

  private static int[] table(TableInstance table) {
    return IntStream.range(0, table.size()).map(table::ref).toArray();
  }

  /** Chicory puts an empty segment in the place of a dropped one. */
  private static List<Integer> droppedData(Instance instance, WasmModule module) {
    DataSegment[] declared = module.dataSection().dataSegments();
    return IntStream.range(0, declared.length)
        .filter(i -> declared[i] instanceof PassiveDataSegment)
        .filter(i -> declared[i].data().length > 0 && instance.dataSegmentData(i).length == 0)
        .boxed()
        .toList();
  }

  /** Chicory puts null in the place of a dropped one. */
  private static List<Integer> droppedElements(Instance instance) {
    return IntStream.range(0, instance.elementCount())
        .filter(i -> instance.element(i) == null)
        .boxed()
        .toList();
  }
}
