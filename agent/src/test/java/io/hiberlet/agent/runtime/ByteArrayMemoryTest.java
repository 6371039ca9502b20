package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.types.MemoryLimits;

/** Chicory's own memory keeps the contract that ours is held to. */
class ByteArrayMemoryTest extends MemoryContract {

  @Override
  Memory memory(int initialPages, int maximumPages) {
    return new ByteArrayMemory(new MemoryLimits(initialPages, maximumPages));
  }
}
