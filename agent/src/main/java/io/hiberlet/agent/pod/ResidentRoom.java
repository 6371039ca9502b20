package io.hiberlet.agent.pod;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all resident guests may hold together. Who wants to come in waits for its turn;
 * meanwhile those that came to rest first are asked to leave. Nobody is refused for ever: who is
 * alone is let in whatever it needs.
 *
 * <p>It counts what each held when it last came to rest, and of who never did what others of its
 * module held. As long as there is no such guest, a first one counts with its limit. Guests that
 * grow during a wake may exceed the bound together by a quarter; then others leave, although nobody
 * waits. Whoever was to grow beyond that must go back to where its wake began, and wait.
 *
 * <p>Thread-safe. Calls back on the calling thread, never with its lock held.
 */
public final class ResidentRoom {
  /** As a part of the room: so much may come on top of it while guests run. */
  private static final int GROWTH_PART = 4;

  private final long budgetBytes;
  private final ExpectedSizes sizes = new ExpectedSizes(); // guarded by this
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
   * Who wants to come in.
   *
   * @param moduleDigest of its module, whose guests are alike
   * @param limitBytes that its memories may have
   * @param heldBytes what it held when it last came to rest; 0 when it never did
   */
  record Claim(String moduleDigest, long limitBytes, long heldBytes) {}

  /**
   * @param willing whether it can be asked to leave
   * @param asked whether it was
   */
  private record Stay(String moduleDigest, long bytes, boolean willing, boolean asked) {
    Stay grown(long more) {
      return new Stay(moduleDigest, bytes + more, willing, asked);
    }
  }

  private record Waiting(Claim claim, Runnable admitted) {}

  /**
   * @param budgetBytes {@link Long#MAX_VALUE} for no bound
   */
  public ResidentRoom(long budgetBytes) {
    this.budgetBytes = budgetBytes;
  }

  /**
   * Asks for room.
   *
   * @param admitted called when it may come in
   * @return whether that was at once
   */
  boolean enter(Tenant tenant, Claim claim, Runnable admitted) {
    synchronized (this) {
      queue.put(tenant, new Waiting(claim, admitted));
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
      String module = Objects.requireNonNull(remove(tenant), "a resident").moduleDigest();
      add(tenant, new Stay(module, bytes, willing, false));
      sizes.learn(module, bytes);
    }
    settle();
  }

  /**
   * A resident comes to hold more before it rests.
   *
   * @return whether that may be: one that is alone may always
   */
  boolean grow(Tenant tenant, long bytes) {
    synchronized (this) {
      Stay stay = Objects.requireNonNull(residents.get(tenant), "a resident");
      long over = heldBytes + bytes - budgetBytes;
      if (residents.size() > 1 && over > budgetBytes / GROWTH_PART) {
        return false;
      }
      residents.put(tenant, stay.grown(bytes));
      heldBytes += bytes;
      leavingBytes += stay.asked() ? bytes : 0;
    }
    settle();
    return true;
  }

  /** It holds nothing any more, and waits for nothing. */
  void left(Tenant tenant) {
    synchronized (this) {
      queue.remove(tenant);
      remove(tenant);
    }
    settle();
  }

  /**
   * Whether there is too little room and nobody is about to leave: who is busy should make room
   * between wakes.
   */
  synchronized boolean isCrowded() {
    return (!queue.isEmpty() || isOverfull())
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
      Claim claim = next.getValue().claim();
      long wanted = wantedBytes(claim);
      if (!residents.isEmpty() && wanted > budgetBytes - heldBytes) {
        return;
      }
      first.remove();
      add(next.getKey(), new Stay(claim.moduleDigest(), wanted, false, false));
      calls.add(next.getValue().admitted());
    }
  }

  /** A guest of which nothing is known gets half of the room at the most, or all others went. */
  private long wantedBytes(Claim claim) {
    return claim.heldBytes() > 0
        ? claim.heldBytes()
        : sizes.of(claim.moduleDigest()).orElse(Math.min(claim.limitBytes(), budgetBytes / 2));
  }

  /** One that is alone may be larger than the room. */
  private boolean isOverfull() {
    return residents.size() > 1 && heldBytes - leavingBytes > budgetBytes;
  }

  private void askToLeave(List<Runnable> calls) {
    if (queue.isEmpty() && !isOverfull()) {
      return;
    }
    long wanted = queue.isEmpty() ? 0 : wantedBytes(queue.values().iterator().next().claim());
    for (Map.Entry<Tenant, Stay> each : residents.entrySet()) {
      if (wanted <= budgetBytes - (heldBytes - leavingBytes)) {
        return;
      }
      Stay stay = each.getValue();
      if (stay.willing() && !stay.asked()) {
        each.setValue(new Stay(stay.moduleDigest(), stay.bytes(), true, true));
        leavingBytes += stay.bytes();
        calls.add(each.getKey()::makeRoom);
      }
    }
  }

  private void add(Tenant tenant, Stay stay) {
    residents.put(tenant, stay);
    heldBytes += stay.bytes();
  }

  private @Nullable Stay remove(Tenant tenant) {
    Stay stay = residents.remove(tenant);
    if (stay != null) {
      heldBytes -= stay.bytes();
      leavingBytes -= stay.asked() ? stay.bytes() : 0;
    }
    return stay;
  }
}
