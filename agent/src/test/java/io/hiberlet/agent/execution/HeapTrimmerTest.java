package io.hiberlet.agent.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HeapTrimmerTest {
  private static final long MIB = 1 << 20;

  private long used;
  private long live;
  private int collections;
  private final HeapTrimmer trimmer = new HeapTrimmer(() -> used, () -> live, () -> collections++);

  @Test
  void collectsWhatTheStartLeftBehind() {
    look(20 * MIB, 0);
    assertEquals(1, collections);
  }

  @Test
  void leavesALittleGarbageAlone() {
    look(10 * MIB, 6 * MIB);
    look(48 * MIB, 40 * MIB);
    assertEquals(0, collections);
  }

  @Test
  void collectsWhenTheHeapHasGrownByAPart() {
    look(11 * MIB, 6 * MIB);
    assertEquals(1, collections);
    look(51 * MIB, 40 * MIB);
    assertEquals(2, collections);
  }

  private void look(long usedNow, long liveThen) {
    used = usedNow;
    live = liveThen;
    trimmer.look();
  }
}
