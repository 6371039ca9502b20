package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;
import com.dylibso.chicory.wasm.types.ValType;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Copies an instance's state out of it. */
final class StateCapture {
  private StateCapture() {}

  static GuestState capture(
      Instance instance, GuestClock clock, GuestSettings settings, OpenFiles files) {
    WasmModule module = instance.module();
    return new GuestState(
        CopyOnWriteMemory.all(instance).map(CopyOnWriteMemory::capture).toList(),
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
        Instant.now(),
        settings,
        files.capture());
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
