package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import java.io.IOException;
import java.io.OutputStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A guest in a Chicory instance. Used by one thread at a time. */
final class ChicoryGuest implements Guest {
  /** Held so that others can find it in memory for as long as this guest is. */
  private final GuestModule module;

  private final GuestFailures failures;
  private final GuestClock clock;
  private final HiberletCalls hiberlet;
  private final GuestSettings settings;
  private final OpenFiles files;
  private final @Nullable IdleDescriptor idle;
  private final WakeEntry entry;

  /** Null once the guest failed or was closed. */
  private @Nullable Instance instance;

  ChicoryGuest(
      GuestModule module,
      Instance instance,
      HiberletCalls hiberlet,
      GuestClock clock,
      GuestSettings settings,
      OpenFiles files,
      @Nullable IdleDescriptor idle,
      WakeEntry entry,
      GuestFailures failures) {
    this.module = module;
    this.instance = instance;
    this.hiberlet = hiberlet;
    this.clock = clock;
    this.settings = settings;
    this.files = files;
    this.idle = idle;
    this.entry = entry;
    this.failures = failures;
  }

  @Override
  public void wake() throws GuestTrapException, GuestExitException {
    Instance running = resident();
    instance = null;
    boolean over = failures.guard(running, () -> entry.run(running));
    if (over) {
      throw new GuestExitException(0);
    }
    instance = running;
    hiberlet.endWake();
    if (idle != null) {
      idle.endWake();
    }
  }

  @Override
  public GuestState capture() {
    return StateCapture.capture(resident(), clock, settings, files);
  }

  @Override
  public void stored() {
    memories().forEach(CopyOnWriteMemory::stored);
  }

  @Override
  public boolean handlesExec() {
    return module.handlesExec();
  }

  @Override
  public void takeRoomFrom(RoomToGrow provider) {
    memories().forEach(memory -> memory.takeRoomFrom(provider));
  }

  @Override
  public long memoryBytes() {
    return memories().mapToLong(memory -> (long) memory.pages() * Memory.PAGE_SIZE).sum();
  }

  @Override
  public long heldBytes() {
    return InstanceWeight.of(resident()) + memories().mapToLong(CopyOnWriteMemory::heldBytes).sum();
  }

  @Override
  public void writeMemory(OutputStream to) throws IOException {
    Memory memory = resident().memory();
    for (int page = 0; page < memory.pages(); page++) {
      to.write(memory.readBytes(page * Memory.PAGE_SIZE, Memory.PAGE_SIZE));
    }
  }

  @Override
  public void release(SparePages spare) {
    if (instance != null) {
      memories().map(CopyOnWriteMemory::release).forEach(spare::give);
    }
    close();
  }

  @Override
  public void close() {
    files.close();
    instance = null;
  }

  private Stream<CopyOnWriteMemory> memories() {
    return CopyOnWriteMemory.all(resident());
  }

  private Instance resident() {
    if (instance == null) {
      throw new IllegalStateException("the guest has failed or was closed");
    }
    return instance;
  }
}
