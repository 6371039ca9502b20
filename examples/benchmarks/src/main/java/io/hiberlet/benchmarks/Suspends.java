package io.hiberlet.benchmarks;

import com.google.gson.JsonObject;

/**
 * Suspends of one kind, each followed by the yardstick of as many bytes, so that both meet the disk
 * in the same mood. Used by one thread.
 */
final class Suspends {
  private final SyncedAppend yardstick;
  private Samples suspends = new Samples();
  private Samples appends = new Samples();
  private long bytes;
  private long deviceBytes;
  private long deviceBytesBefore = ProcessFigures.deviceWriteBytes();

  Suspends(SyncedAppend yardstick) {
    this.yardstick = yardstick;
  }

  /** Forgets what was measured so far. */
  void clear() {
    suspends = new Samples();
    appends = new Samples();
    bytes = 0;
    deviceBytes = 0;
    deviceBytesBefore = ProcessFigures.deviceWriteBytes();
  }

  void time(SleepingGuest guest) throws Exception {
    long began = System.nanoTime();
    long written = guest.suspend();
    suspends.add(System.nanoTime() - began);
    bytes += written;
    yardstick.prepare();
    deviceBytes += ProcessFigures.deviceWriteBytes() - deviceBytesBefore;
    appends.time(() -> yardstick.append(written));
    deviceBytesBefore = ProcessFigures.deviceWriteBytes();
  }

  /**
   * Durations; {@code bytes} of keys and values per suspend, before compression; {@code
   * deviceBytes} that went to the disk per suspend, flushes and compactions included.
   */
  JsonObject toJson() {
    JsonObject json = suspends.toJson();
    int count = suspends.count();
    json.addProperty("bytes", bytes / count);
    json.addProperty("deviceBytes", deviceBytes / count);
    json.add("syncedAppend", appends.toJson());
    return json;
  }
}
