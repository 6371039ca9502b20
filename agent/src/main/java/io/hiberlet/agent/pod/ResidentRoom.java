package io.hiberlet.agent.pod;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory that all resident guests may hold together. Who wants to come in waits for its turn;
 * meanwhile those that came to rest first are asked to leave. Nobody is refused for ever: who is
 * alone is let in whatever it needs.
 *
 * <p>It counts what each held when it last came to rest, so what grows during a wake can exceed it:
 * by the pods' memory limits, times the threads that run guests.
 *
 * <p>Thread-safe. Calls back on the calling thread, never with its lock held.
 */
public final class ResidentRoom {
  private final long budgetBytes;
  private final Map<Tenant, Stay> residents = new LinkedHashMap<>(); // guarded by this
  private final Map<Tenant, Waiting> queue = new LinkedHashMap<>(); // guarded by this
  private long heldBytes; // guarded by this
  private long leavingBytes; // guarded by this

  /** Who is in memory, or wants to be. */
  interface Tenant {
    /**
     * Others need the room. Returns at once; {@link ResidentRoom#left} follows, or {@link
     * ResidentRoom#rests} when it has to stay.
     */
    void makeRoom();
  }

  /**
   * @param willing whether it can be asked to leave
   * @param asked whether it was
   */
  private record Stay(long bytes, boolean willing, boolean asked) {}

  private record Waiting(long bytes, Runnable admitted) {}

  /**
   * @param budgetBytes {@link Long#MAX_VALUE} for no bound
   */
  public ResidentRoom(long budgetBytes) {
    this.budgetBytes = budgetBytes;
  }

  /**
   * Asks for room.
   *
   * @param bytes that it will probably hold
   * @param admitted called when it may come in
   * @return whether that was at once
   */
  boolean enter(Tenant tenant, long bytes, Runnable admitted) {
    synchronized (this) {
      queue.put(tenant, new Waiting(bytes, admitted));
    }
    settle();
    synchronized (this) {
      return !queue.containsKey(tenant);
    }
  }

  /**
   * A resident came to rest.
   *
   * @param bytes that it holds now
   * @param willing whether it can leave when others need the room
   */
  void rests(Tenant tenant, long bytes, boolean willing) {
    synchronized (this) {
      remove(tenant);
      add(tenant, new Stay(bytes, willing, false));
    }
    settle();
  }

  /** It holds nothing any more, and waits for nothing. */
  void left(Tenant tenant) {
    synchronized (this) {
      queue.remove(tenant);
      remove(tenant);
    }
    settle();
  }

  /** Whether some wait and nobody is about to leave: who is busy should make room between wakes. */
  synchronized boolean isCrowded() {
    return !queue.isEmpty()
        && residents.values().stream().noneMatch(stay -> stay.willing() || stay.asked());
  }

  /** What all residents hold. */
  public synchronized long heldBytes() {
    return heldBytes;
  }

  /** How many wait. */
  public synchronized int waiting() {
    return queue.size();
  }

  /** How full it is, for a person. */
  synchronized String describe() {
    return "%d resident controllers hold %d MiB of %d MiB, %d wait"
        .formatted(residents.size(), heldBytes >> 20, budgetBytes >> 20, queue.size());
  }

  private void settle() {
    List<Runnable> calls = new ArrayList<>();
    synchronized (this) {
      admit(calls);
      askToLeave(calls);
    }
    calls.forEach(Runnable::run);
  }

  private void admit(List<Runnable> calls) {
    Iterator<Map.Entry<Tenant, Waiting>> first = queue.entrySet().iterator();
    while (first.hasNext()) {
      Map.Entry<Tenant, Waiting> next = first.next();
      Waiting waiting = next.getValue();
      if (!residents.isEmpty() && waiting.bytes() > budgetBytes - heldBytes) {
        return;
      }
      first.remove();
      add(next.getKey(), new Stay(waiting.bytes(), false, false));
      calls.add(waiting.admitted());
    }
  }

  private void askToLeave(List<Runnable> calls) {
    if (queue.isEmpty()) {
      return;
    }
    long wanted = queue.values().iterator().next().bytes();
    for (Map.Entry<Tenant, Stay> each : residents.entrySet()) {
      if (wanted <= budgetBytes - (heldBytes - leavingBytes)) {
        return;
      }
      Stay stay = each.getValue();
      if (stay.willing() && !stay.asked()) {
        each.setValue(new Stay(stay.bytes(), true, true));
        leavingBytes += stay.bytes();
        calls.add(each.getKey()::makeRoom);
      }
    }
  }

  private void add(Tenant tenant, Stay stay) {
    residents.put(tenant, stay);
    heldBytes += stay.bytes();
  }

  private void remove(Tenant tenant) {
    Stay stay = residents.remove(tenant);
    if (stay != null) {
      heldBytes -= stay.bytes();
      leavingBytes -= stay.asked() ? stay.bytes() : 0;
    }
  }
}
