package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.WasmModule;

/**
 * Estimates what an instance holds of the heap beside its memories: Chicory gives each arrays of
 * its own, as long as the module's sections.
 */
final class InstanceWeight {
  /** Of an instance that has next to nothing, as measured. */
  private static final long BASE_BYTES = 4 << 10;

  /** A function's index, and whose function it is. */
  private static final long PER_TABLE_ELEMENT = 8;

  /** A body and the index of a type. */
  private static final long PER_FUNCTION = 8;

  private static final long PER_GLOBAL = 48;
  private static final long PER_EXPORT = 32;
  private static final long PER_SEGMENT = 4;

  private InstanceWeight() {}

  /** As it is now: tables grow. */
  static long of(Instance instance) {
    WasmModule module = instance.module();
    long segments = module.dataSection().dataSegmentCount() + (long) instance.elementCount();
    long sum =
        BASE_BYTES
            + PER_FUNCTION * instance.functionCount()
            + PER_GLOBAL * instance.globalCount()
            + PER_EXPORT * module.exportSection().exportCount()
            + PER_SEGMENT * segments;
    for (int i = 0; i < instance.tableCount(); i++) {
      sum += PER_TABLE_ELEMENT * instance.table(i).size();
    }
    return sum;
  }
}
