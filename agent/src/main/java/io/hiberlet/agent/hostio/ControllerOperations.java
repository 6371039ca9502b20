package io.hiberlet.agent.hostio;

import static java.util.stream.Collectors.toUnmodifiableList;

import io.hiberlet.agent.hostio.OperationsState.Pending;
import io.hiberlet.agent.hostio.OperationsState.Watch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one controller has asked the host for and not yet heard the last of. Lives as
 * long as the controller, whether its guest is resident or not: completions gather here while it
 * sleeps.
 *
 * <p>Threads: the methods of {@link HostCalls} are the guest's thread's; {@link #capture} belongs
 * to the thread that owns the controller, between two wakes; the others may be called by any
 * thread. Completions arrive from event loops. No method blocks.
 */
public final class ControllerOperations implements HostCalls, AutoCloseable {
  private static final int FLAG_STREAM = 1;
  private static final int NOENT = Errno.NOENT.result();

  /** The number of the timer that {@link #wakeIn} sets; the guest's own begin with 1. */
  private static final long DEADLINE = 0;

  private static final long LONGEST_TIMER_MILLIS = Duration.ofDays(366).toMillis();

  private final OperationContext context;
  private final Inbox inbox;

  /** Oldest first. Immutable, as that takes least for one or two, and most have no more. */
  private List<Operation> operations = List.of();

  private long nextId;
  private boolean closed;

  /** Since it was asked last. A life begins, or goes on, with some. */
  private boolean active = true;

  /** Those that are no activity, however much comes of them; null for none. */
  private @Nullable Set<Operation> quiet;

  ControllerOperations(OperationContext context, long nextId) {
    this.context = context;
    this.inbox = context.inbox();
    this.nextId = nextId;
  }

  /** Takes up what was pending when the state was captured. Called once, before anything else. */
  void restore(List<Pending> pending) {
    inbox.exclusively(() -> pending.forEach(saved -> begin(restored(saved))));
  }

  @Override
  public long httpRequest(byte[] message, int flags) {
    return inbox.exclusively(
        () -> {
          try {
            checkRoom();
            return begin(request(nextId, message, flags));
          } catch (RefusedException e) {
            return (long) e.errno().result();
          }
        });
  }

  @Override
  public long timer(long millis) {
    return inbox.exclusively(
        () -> {
          try {
            if (millis < 0 || millis > LONGEST_TIMER_MILLIS) {
              throw new RefusedException(Errno.INVAL, "a timer of " + millis + " ms");
            }
            checkRoom();
            return begin(
                new TimerOperation(nextId, context, context.clock().now().plusMillis(millis)));
          } catch (RefusedException e) {
            return (long) e.errno().result();
          }
        });
  }

  @Override
  public void wakeIn(long millis) {
    inbox.exclusively(
        () -> {
          forget(DEADLINE);
          if (millis >= 0 && !closed) {
            Duration delay = Duration.ofMillis(Math.min(millis, LONGEST_TIMER_MILLIS));
            Operation deadline =
                new TimerOperation(DEADLINE, context, context.clock().now().plus(delay));
            add(deadline);
          }
        });
  }

  @Override
  public int cancel(long id) {
    return inbox.exclusively(() -> id != DEADLINE && forget(id) ? 0 : NOENT);
  }

  private boolean forget(long id) {
    Operation operation = remove(id);
    if (operation != null) {
      operation.stop();
      inbox.removeAllOf(operation);
    }
    return operation != null;
  }

  @Override
  public @Nullable Completion next() {
    Optional<Completion> next =
        inbox.exclusively(() -> Optional.ofNullable(inbox.poll()).map(this::take));
    return next.orElse(null);
  }

  /** Whether there is something to wake the guest for. */
  public boolean hasCompletions() {
    return !inbox.isEmpty();
  }

  @Override
  public int execRead(long id, byte[] into) {
    return inbox.exclusively(
        () -> find(id) instanceof ExecOperation exec ? exec.read(into) : NOENT);
  }

  @Override
  public int execWrite(long id, int stream, byte[] bytes) {
    return inbox.exclusively(
        () -> find(id) instanceof ExecOperation exec ? exec.write(stream, bytes) : NOENT);
  }

  @Override
  public int execExit(long id, int code) {
    return inbox.exclusively(
        () -> {
          if (!(find(id) instanceof ExecOperation exec)) {
            return NOENT;
          }
          int result = exec.exit(code);
          if (result == 0) {
            remove(id);
            inbox.removeAllOf(exec);
          }
          return result;
        });
  }

  /**
   * Gives the guest a command. It must be a guest that handles commands.
   *
   * @throws ExecRefusedException when the guest does not get it
   */
  public GuestExec exec(ExecCommand command) throws ExecRefusedException {
    byte[] encoded = command.encode();
    Optional<ExecOperation> begun = inbox.exclusively(() -> beginExec(command, encoded));
    return new GuestExec(
        begun.orElseThrow(
            () ->
                new ExecRefusedException(
                    "the controller carries out %d commands already, or has ended"
                        .formatted(ExecOperation.MOST))),
        inbox);
  }

  private Optional<ExecOperation> beginExec(ExecCommand command, byte[] encoded) {
    if (closed || execs().count() >= ExecOperation.MOST) {
      return Optional.empty();
    }
    ExecOperation exec = new ExecOperation(nextId, context, command, encoded);
    if (command.quiet()) {
      beQuiet(exec);
    }
    add(exec);
    return Optional.of(exec);
  }

  /** Whether there is nothing to wake the guest for, and no command that it carries out. */
  public boolean isIdle() {
    return inbox.exclusively(() -> inbox.isEmpty() && execs().findAny().isEmpty());
  }

  /** Whether it carries out a command. */
  public boolean hasCommands() {
    return inbox.exclusively(() -> execs().findAny().isPresent());
  }

  private Stream<Operation> execs() {
    return operations.stream().filter(ExecOperation.class::isInstance);
  }

  /**
   * Whether the guest waits for an answer to a request. Watches, timers and what it was asked
   * itself are no requests.
   */
  public boolean hasRequests() {
    return inbox.exclusively(
        () ->
            operations.stream()
                .filter(operation -> !(operation instanceof ExecOperation))
                .anyMatch(operation -> operation.capture() instanceof OperationsState.Request));
  }

  /**
   * Whether the guest has been told anything since this was asked last, but for quiet commands and
   * the answers to what it began when it had been told of nothing else.
   */
  public boolean takeActivity() {
    return inbox.exclusively(
        () -> {
          boolean was = active;
          active = false;
          return was;
        });
  }

  /** Tells the guest that its controller will be ended after this time. */
  public void stop(Duration grace) {
    byte[] millis =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(grace.toMillis())
            .array();
    inbox.exclusively(
        () -> {
          if (!closed) {
            inbox.add(new Delivery(null, new Completion(0, Completion.Kind.STOP, millis)));
          }
        });
  }

  /**
   * What the guest waits for as far as it has taken completions with {@link #next}: what has
   * arrived and was not taken is not part of it, and will come again after {@link HostIo#open} with
   * it.
   */
  public OperationsState capture() {
    return inbox.exclusively(
        () ->
            new OperationsState(
                nextId,
                operations.stream().filter(Operation::isKnown).map(Operation::capture).toList()));
  }

  /** Whether a watch stands there still: up to there, the guest has read all that it has to. */
  public boolean isAt(long watch, String resourceVersion) {
    return inbox.exclusively(
        () ->
            find(watch) instanceof WatchOperation found
                && found.capture() instanceof Watch now
                && resourceVersion.equals(now.resourceVersion()));
  }

  /** The operations, oldest first, for people. */
  public List<OperationInfo> describe() {
    return inbox.exclusively(() -> operations.stream().map(Operation::describe).toList());
  }

  /** Cancels everything; nothing is told to the guest or the listener any more. */
  @Override
  public void close() {
    inbox.exclusively(
        () -> {
          closed = true;
          operations.forEach(Operation::stop);
          operations = List.of();
          quiet = null;
          inbox.clear();
        });
  }

  private void checkRoom() throws RefusedException {
    if (closed) {
      throw new RefusedException(Errno.IO, "the controller has ended");
    }
    if (operations.size() >= context.limits().operations()) {
      throw new RefusedException(
          Errno.MFILE, context.limits().operations() + " operations are pending already");
    }
  }

  private Operation request(long id, byte[] message, int flags) throws RefusedException {
    if ((flags & ~FLAG_STREAM) != 0) {
      throw new RefusedException(Errno.INVAL, "unknown flags " + flags);
    }
    GuestRequest request = GuestRequest.parse(message, context.limits());
    if ((flags & FLAG_STREAM) == 0) {
      return new GatheredRequest(id, context, request);
    }
    Optional<WatchRequest> watch = WatchRequest.of(request);
    return watch.isPresent()
        ? new WatchOperation(
            context, new Watch(id, message.clone(), flags, null, false), watch.get())
        : new StreamedRequest(id, context, request);
  }

  private Operation restored(Pending saved) {
    return switch (saved) {
      case OperationsState.Timer timer -> new TimerOperation(timer.id(), context, timer.due());
      case OperationsState.Request request -> new LostRequest(request.id(), context);
      case Watch watch -> restored(watch);
    };
  }

  private Operation restored(Watch saved) {
    try {
      GuestRequest request = GuestRequest.parse(saved.message(), context.limits());
      Optional<WatchRequest> watch = WatchRequest.of(request);
      if (watch.isPresent()) {
        return new WatchOperation(context, saved, watch.get());
      }
    } catch (RefusedException e) {
      // The limits are not those of the host that took it: to the guest it is lost like a request.
      return new LostRequest(saved.id(), context);
    }
    return new LostRequest(saved.id(), context);
  }

  /** What the guest asked for. */
  private long begin(Operation operation) {
    if (!active) {
      beQuiet(operation);
    }
    return add(operation);
  }

  private void beQuiet(Operation operation) {
    if (quiet == null) {
      quiet = new HashSet<>();
    }
    quiet.add(operation);
  }

  /** A deadline always is: a scheduler's heartbeat keeps nobody in memory. */
  private boolean isQuiet(Operation operation) {
    return operation.id() == DEADLINE || (quiet != null && quiet.contains(operation));
  }

  private long add(Operation operation) {
    nextId = Math.max(nextId, operation.id() + 1);
    operations =
        Stream.concat(operations.stream(), Stream.of(operation)).collect(toUnmodifiableList());
    operation.start();
    return operation.id();
  }

  private @Nullable Operation find(long id) {
    for (Operation operation : operations) {
      if (operation.id() == id) {
        return operation;
      }
    }
    return null;
  }

  private @Nullable Operation remove(long id) {
    Operation removed = find(id);
    if (removed != null) {
      operations =
          operations.stream().filter(each -> each.id() != id).collect(toUnmodifiableList());
      if (quiet != null && quiet.remove(removed) && quiet.isEmpty()) {
        quiet = null;
      }
    }
    return removed;
  }

  private Completion take(Delivery delivery) {
    Operation operation = delivery.operation();
    if (operation == null || !isQuiet(operation)) {
      active = true;
    }
    if (operation != null) {
      operation.take(delivery);
      if (delivery.isLast()) {
        remove(operation.id());
      }
    }
    return delivery.completion();
  }
}
