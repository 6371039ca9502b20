package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.WasmModule;

/**
 * How a guest tells its host that it has nothing to do, which its imports and exports say ({@code
 * docs/host-abi.md}). The only place that tells one kind of module from another.
 */
public enum IdleStyle {
  /** Its {@code hiberlet_wake} returns: an event loop. */
  EVENT_LOOP,

  /** The same, when the {@link IdleDescriptor} wakes it: a scheduler such as Go's. */
  IDLE_DESCRIPTOR,

  /** It waits in the middle of its code, and {@link Asyncify} takes it off the stack there. */
  ASYNCIFY,

  /**
   * Its {@code wakeup} returns: a controller of the paper's prototype, whose host {@link Prototype}
   * is.
   */
  PROTOTYPE,

  /** It never does: a WASI command runs from its beginning to its end. */
  COMMAND;

  /** That of a module, be it one that keeps no contract at all. */
  static IdleStyle of(WasmModule module) {
    if (ModuleChecks.importsFrom(module, Prototype.HTTP)
        || ModuleChecks.importsFrom(module, Prototype.DELAY)) {
      return PROTOTYPE;
    }
    if (ModuleChecks.exports(module, ModuleChecks.COMMAND)
        && !ModuleChecks.exports(module, ModuleChecks.WAKE)) {
      // A command that asks the host for nothing may have been through the pass for its own sake.
      boolean asks = ModuleChecks.importsFrom(module, HiberletCalls.MODULE);
      return asks
              && Asyncify.FUNCTIONS.stream().allMatch(each -> ModuleChecks.exports(module, each))
          ? ASYNCIFY
          : COMMAND;
    }
    return ModuleChecks.imports(module, HiberletCalls.IDLE_DESCRIPTOR)
        ? IDLE_DESCRIPTOR
        : EVENT_LOOP;
  }
}
