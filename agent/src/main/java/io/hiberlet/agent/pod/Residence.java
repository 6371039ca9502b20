package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.OwnerAlarm;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One controller's place in memory: its way in, which is a wait for room and then for the module's
 * code, its stay, and its way out. Used by the controller's owner only.
 */
final class Residence {
  /** For how long it waits in silence. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ControllerParts parts;
  private final ControllerServices services;
  private final ControllerObserver observer;
  private final ResidentRoom.Tenant tenant;
  private final Executor owner;
  private boolean entering;
  private boolean stuck;
  private @Nullable OwnerAlarm complaint;

  /** What it held when it last came to rest, or seems to need; 0 when it never did. */
  private int heldKib;

  /**
   * @param tenant is asked to leave, by any thread
   */
  Residence(
      ControllerParts parts,
      ControllerServices services,
      ControllerObserver observer,
      ResidentRoom.Tenant tenant,
      Executor owner) {
    this.parts = parts;
    this.services = services;
    this.observer = observer;
    this.tenant = tenant;
    this.owner = owner;
  }

  /**
   * Waits for room in memory and then has the module made ready, unless it is on its way already.
   *
   * @param moduleDigest of the module that it will run
   * @param limitBytes that its memories may have
   * @param then gets the module or why there is none, on the owner
   */
  void enter(
      String moduleDigest,
      long limitBytes,
      BiConsumer<@Nullable GuestSource, @Nullable Throwable> then) {
    if (entering) {
      return;
    }
    entering = true;
    stuck = false;
    var claim = new ResidentRoom.Claim(moduleDigest, limitBytes, heldKib * 1024L);
    boolean atOnce =
        services.room().enter(tenant, claim, () -> owner.execute(() -> loadModule(then)));
    if (!atOnce) {
      complaint = OwnerAlarm.set(services.timer(), owner, PATIENCE, this::complain);
    }
  }

  /** Whether it has asked to come in and is not there yet. */
  boolean isOnItsWay() {
    return entering;
  }

  private void complain() {
    observer.trouble("MemoryPressure", "waits for memory: " + services.room().describe());
  }

  private void loadModule(BiConsumer<@Nullable GuestSource, @Nullable Throwable> then) {
    complaint = OwnerAlarm.cancel(complaint);
    parts
        .loadModule()
        .whenCompleteAsync(
            (source, failure) -> {
              entering = false;
              then.accept(source, failure);
            },
            owner);
  }

  /**
   * The guest came to rest.
   *
   * @param willing whether it would go to the disk if others need the room
   */
  void rests(long heldBytes, boolean willing) {
    heldKib = Math.toIntExact((heldBytes + 1023) / 1024);
    services.room().rests(tenant, heldKib * 1024L, willing && !stuck);
  }

  /**
   * The guest comes to hold more in the middle of a wake.
   *
   * @return whether there is room; if not, it leaves, and comes again with twice the claim
   */
  boolean grow(long bytes) {
    boolean grown = services.room().grow(tenant, bytes);
    heldKib = grown ? heldKib : 2 * heldKib + Math.toIntExact(bytes / 1024);
    return grown;
  }

  /** The guest cannot leave for now: the disk does not take it. */
  void stays() {
    stuck = true;
    services.room().rests(tenant, heldKib * 1024L, false);
  }

  /**
   * Whether it goes to the disk between two wakes, unless that did not take it: always when there
   * is no idle time, but for commands, and when others wait for room that only those can make who
   * are busy.
   */
  boolean leavesBetweenWakes(Duration idleAfter, LifeOperations operations) {
    boolean always = idleAfter.isZero() && !operations.open().hasCommands();
    return !stuck && (always || (!operations.areQuiet() && services.room().isCrowded()));
  }

  /** The guest is gone, or will not come. */
  void leave() {
    complaint = OwnerAlarm.cancel(complaint);
    services.room().left(tenant);
  }
}
