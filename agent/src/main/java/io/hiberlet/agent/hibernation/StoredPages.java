package io.hiberlet.agent.hibernation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which memory pages of a controller are stored, and by which of its snapshots each was written. A
 * resident controller keeps it, 4 bytes a page, so that its next snapshot writes changed pages
 * only, and does not look for positions where there are none. Immutable.
 */
public final class StoredPages {

  /** Nothing is stored that counts: the next snapshot replaces everything. */
  public static final StoredPages NONE = new StoredPages(0, List.of(), true);

  /** Stands for a page that is not stored. */
  private static final int ABSENT = 0;

  private final int generation;
  private final List<int[]> memories;
  private final boolean positions;

  private StoredPages(int generation, List<int[]> memories, boolean positions) {
    this.generation = generation;
    this.memories = memories;
    this.positions = positions;
  }

  /**
   * Whether positions may be stored beside the snapshot. They are noted of sleeping controllers
   * only, so there are none from a snapshot on until its controller sleeps.
   */
  boolean mayHavePositions() {
    return positions;
  }

  /** Of the last snapshot; every snapshot has another. */
  int generation() {
    return generation;
  }

  /** How many memories the snapshot has. */
  int memories() {
    return memories.size();
  }

  /** How many pages of a memory are stored. */
  int count(int memory) {
    int count = 0;
    for (int pageGeneration : memories.get(memory)) {
      count += pageGeneration == ABSENT ? 0 : 1;
    }
    return count;
  }

  /**
   * A sum over the stored pages of a memory, each with the generation that wrote it. The head of a
   * snapshot holds it, so a page that is missing, too many, or of another snapshot than the head
   * believes, is found.
   */
  long tie(int memory) {
    int[] generations = memories.get(memory);
    long sum = 0;
    for (int page = 0; page < generations.length; page++) {
      if (generations[page] != ABSENT) {
        sum += mixed((long) page << Integer.SIZE | Integer.toUnsignedLong(generations[page]));
      }
    }
    return sum;
  }

  /** The finalizer of MurmurHash3: every bit of the input changes half of the output. */
  private static long mixed(long bits) {
    long mixed = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }

  /** What is stored once the next snapshot is, which this begins to describe. */
  Builder next() {
    int following = generation + 1;
    // Where nothing counts, what is there must not pass for something newer by its number.
    int next = this == NONE ? ThreadLocalRandom.current().nextInt() : following;
    return new Builder(next == ABSENT ? 1 : next, memories);
  }

  /** Describes what is stored, of a snapshot that is read. */
  static Builder reading(int generation) {
    return new Builder(generation, List.of());
  }

  /** Collects the pages of one snapshot. Used by one thread. */
  static final class Builder {
    private final int generation;
    private final List<int[]> memories = new ArrayList<>();
    private boolean positions;

    private Builder(int generation, List<int[]> before) {
      this.generation = generation;
      before.forEach(memory -> memories.add(memory.clone()));
    }

    int generation() {
      return generation;
    }

    /** Notes whether there were positions beside the snapshot; a new snapshot has none. */
    Builder positions(boolean found) {
      positions = found;
      return this;
    }

    /** Says how many pages a memory has, stored or not; memories never shrink. */
    Builder memory(int memory, int pages) {
      while (memories.size() <= memory) {
        memories.add(new int[0]);
      }
      memories.set(memory, Arrays.copyOf(memories.get(memory), pages));
      return this;
    }

    /** Notes a page that this snapshot writes. */
    void wrote(int memory, int page) {
      found(memory, page, generation);
    }

    /** Notes a page that was read. */
    void found(int memory, int page, int pageGeneration) {
      memories.get(memory)[page] = pageGeneration;
    }

    /** Of a page that was written or found, 0 of one that was not. */
    int generation(int memory, int page) {
      return memories.get(memory)[page];
    }

    StoredPages build() {
      return new StoredPages(generation, List.copyOf(memories), positions);
    }
  }
}
