package io.hiberlet.agent.runtime;

/**
 * What a module may ask for before any of it runs.
 *
 * @param moduleBytes the largest module, in bytes
 * @param memoryBytes the most linear memory that a module may declare at start, all memories
 *     together, whatever a pod would allow it
 * @param tableElements the most elements that the tables of one instance may have together
 */
public record ModuleLimits(long moduleBytes, long memoryBytes, int tableElements) {

  /** What {@code docs/host-abi.md} promises. */
  public static final ModuleLimits DEFAULT = new ModuleLimits(64L << 20, 1L << 30, 1_000_000);

  /** The same with another size of modules. */
  public ModuleLimits withModuleBytes(long most) {
    return new ModuleLimits(most, memoryBytes, tableElements);
  }
}
