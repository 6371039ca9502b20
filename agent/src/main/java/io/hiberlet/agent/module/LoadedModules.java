package io.hiberlet.agent.module;

import io.hiberlet.agent.runtime.GuestModule;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The modules in memory, within a budget: a virtual machine that runs out of memory for classes
 * ends, and all controllers with it. Every guest holds its module; one without guests stays for as
 * long as there is room. Thread-safe.
 */
final class LoadedModules {
  private final LoadBudget budget;
  private final Map<ModuleDigest, Entry> entries = new HashMap<>();

  /** A module, what it weighs, and what keeps it in memory although no guest does. */
  private record Entry(
      WeakReference<GuestModule> module, SoftReference<GuestModule> kept, LoadBudget weight) {

    Entry(GuestModule module, LoadBudget weight) {
      this(new WeakReference<>(module), new SoftReference<>(module), weight);
    }

    boolean isGone() {
      return module.refersTo(null);
    }

    /** Unlike {@link #isGone}, this counts as a use of it. */
    @Nullable GuestModule used() {
      @Nullable GuestModule soft = kept.get();
      return soft != null ? soft : module.get();
    }
  }

  LoadedModules(LoadBudget budget) {
    this.budget = budget;
  }

  synchronized @Nullable GuestModule get(ModuleDigest digest) {
    @Nullable Entry entry = entries.get(digest);
    return entry == null ? null : entry.used();
  }

  /** Takes a module that was loaded after {@link #makeRoom} for it. */
  synchronized void put(ModuleDigest digest, GuestModule module, LoadBudget weight) {
    entries.put(digest, new Entry(module, weight));
  }

  /**
   * Lets go of modules that no guest holds, if that is what it takes.
   *
   * @return whether there is room
   */
  synchronized boolean makeRoom(LoadBudget wanted) {
    return hasRoom(wanted) || (wanted.isWithin(budget) && collect() && hasRoom(wanted));
  }

  private boolean hasRoom(LoadBudget wanted) {
    entries.values().removeIf(Entry::isGone);
    LoadBudget sum = wanted;
    for (Entry entry : entries.values()) {
      sum = sum.plus(entry.weight());
    }
    return sum.isWithin(budget);
  }

  /** Rare: whoever comes here wants more than half of all room, or many modules are in use. */
  private boolean collect() {
    entries.values().forEach(entry -> entry.kept().clear());
    System.gc();
    entries.values().removeIf(Entry::isGone);
    entries.replaceAll(
        (digest, entry) -> {
          @Nullable GuestModule survivor = entry.module().get();
          return survivor == null ? entry : new Entry(survivor, entry.weight());
        });
    return true;
  }
}
