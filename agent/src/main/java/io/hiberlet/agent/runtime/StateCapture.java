package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;
import com.dylibso.chicory.wasm.types.ValType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Copies an instance's state out of it. Plain loops: with every suspend this runs once, and cold,
 * as the guest had the processor's caches until then.
 */
final class StateCapture {
  private StateCapture() {}

  static GuestState capture(
      Instance instance, GuestClock clock, GuestSettings settings, OpenFiles files) {
    return new GuestState(
        CopyOnWriteMemory.all(instance).map(CopyOnWriteMemory::capture).toList(),
        globals(instance),
        tables(instance),
        droppedData(instance),
        droppedElements(instance),
        clock.nanos(),
        Instant.now(),
        settings,
        files.capture());
  }

  private static long[] globals(Instance instance) {
    int count = instance.globalCount();
    long[] values = new long[2 * count];
    int used = 0;
    for (int index = 0; index < count; index++) {
      var global = instance.global(index);
      if (global.getType().equals(ValType.V128)) {
        values[used++] = global.getValueLow();
        values[used++] = global.getValueHigh();
      } else {
        values[used++] = global.getValue();
      }
    }
    return Arrays.copyOf(values, used);
  }

  private static List<int[]> tables(Instance instance) {
    List<int[]> tables = new ArrayList<>();
    for (int index = 0; index < instance.tableCount(); index++) {
      TableInstance table = instance.table(index);
      int[] references = new int[table.size()];
      for (int element = 0; element < references.length; element++) {
        references[element] = table.ref(element);
      }
      tables.add(references);
    }
    return tables;
  }

  /** Chicory puts an empty segment in the place of a dropped one. */
  private static List<Integer> droppedData(Instance instance) {
    DataSegment[] declared = instance.module().dataSection().dataSegments();
    List<Integer> dropped = new ArrayList<>();
    for (int index = 0; index < declared.length; index++) {
      if (declared[index] instanceof PassiveDataSegment passive
          && passive.data().length > 0
          && instance.dataSegmentData(index).length == 0) {
        dropped.add(index);
      }
    }
    return dropped;
  }

  /** Chicory puts null in the place of a dropped one. */
  private static List<Integer> droppedElements(Instance instance) {
    List<Integer> dropped = new ArrayList<>();
    for (int index = 0; index < instance.elementCount(); index++) {
      if (instance.element(index) == null) {
        dropped.add(index);
      }
    }
    return dropped;
  }
}
