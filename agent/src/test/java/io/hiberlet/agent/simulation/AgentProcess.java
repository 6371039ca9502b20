package io.hiberlet.agent.simulation;

import io.hiberlet.agent.admission.Admission;
import io.hiberlet.agent.admission.NodeFacts;
import io.hiberlet.agent.execution.LongWork;
import io.hiberlet.agent.execution.Watchdog;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoFixture;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.metrics.AgentMetrics;
import io.hiberlet.agent.pod.ControllerServices;
import io.hiberlet.agent.pod.GuestRunner;
import io.hiberlet.agent.pod.ModulePods;
import io.hiberlet.agent.pod.PodAgent;
import io.hiberlet.agent.pod.PodFiles;
import io.hiberlet.agent.pod.ResidentRoom;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.node.PodKey;
import io.hiberlet.snapshot.SnapshotStore;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One process of the agent, from its start to its end, whole but for the node around it. */
final class AgentProcess {
  private static final AgentMetrics METRICS = new AgentMetrics();
  private static final Duration WAKE_LIMIT = Duration.ofMillis(1);
  private static final long MEMORY_BYTES = 1 << 20;

  private final Schedule schedule;
  private final Schedule.Life life;
  private final Schedule.Lane node;
  private final PodAgent agent;
  private int pointsLeft = -1;
  private int callsToSlowWake = -1;

  AgentProcess(
      Schedule schedule,
      SplittableRandom random,
      long residentBytes,
      GuestModule module,
      SnapshotStore disk,
      ProcessDisk.Observer diskObserver,
      ModelServer server,
      Function<PodKey, ModelPod> pods,
      Runnable atItsEnd) {
    this.schedule = schedule;
    this.life = new Schedule.Life(atItsEnd);
    this.node = schedule.lane(life);
    Schedule.Lane loop = schedule.lane(life);
    HostIo hostIo =
        HostIoFixture.open(
            server.connect(life),
            new VirtualClock(schedule),
            (due, action) -> loop.at(due, action)::cancel,
            loop,
            random.split());
    VirtualTimer timer = new VirtualTimer(schedule, life);
    SnapshotStore store = new ProcessDisk(disk, this::point, diskObserver);
    ControllerServices services =
        new ControllerServices(
            task -> schedule.guestLane(life).execute(task),
            new GuestRunner(new Watchdog(timer, WAKE_LIMIT, LongWork.IGNORED), WAKE_LIMIT),
            new ResidentRoom(residentBytes),
            timer,
            new SnapshotRepository(store),
            true,
            new VirtualClock(schedule),
            METRICS);
    ModulePods modulePods =
        new ModulePods(
            services,
            module,
            (pod, state, listener) -> open(hostIo, pods.apply(pod), state, listener),
            Calls::new,
            schedule.lane(life));
    this.agent =
        new PodAgent(
            new Admission(
                new NodeFacts(InetAddress.getLoopbackAddress(), 2000, 1L << 30),
                MEMORY_BYTES,
                Duration.ofSeconds(1)),
            modulePods,
            store,
            new PodFiles(Path.of("no-such-folder")));
  }

  private static ControllerOperations open(
      HostIo hostIo, ModelPod pod, OperationsState state, OperationsListener listener) {
    return hostIo.open(state, pod, listener);
  }

  PodAgent agent() {
    return agent;
  }

  /** What the node does with this process. */
  Schedule.Lane node() {
    return node;
  }

  boolean isOver() {
    return life.isOver();
  }

  void end() {
    life.end();
  }

  /** It ends after so many more steps of its own. */
  void endAfter(int points) {
    pointsLeft = points;
  }

  /** After so many more calls of guests to their host, one takes longer than a wake may. */
  void slowWakeAfter(int calls) {
    callsToSlowWake = calls;
  }

  private void point() {
    if (pointsLeft >= 0 && pointsLeft-- == 0) {
      schedule.note(() -> "crash");
      life.end();
    }
    if (life.isOver()) {
      throw new CrashedError();
    }
  }

  /** Calls of a guest to its host: moments at which other threads do something. */
  private final class Calls implements HostCalls {
    private final HostCalls calls;

    Calls(HostCalls calls) {
      this.calls = calls;
    }

    @Override
    public long httpRequest(byte[] message, int flags) {
      others();
      return calls.httpRequest(message, flags);
    }

    @Override
    public long timer(long millis) {
      others();
      return calls.timer(millis);
    }

    @Override
    public void wakeIn(long millis) {
      others();
      calls.wakeIn(millis);
    }

    @Override
    public int cancel(long operation) {
      others();
      return calls.cancel(operation);
    }

    @Override
    public int execRead(long operation, byte[] into) {
      others();
      return calls.execRead(operation, into);
    }

    @Override
    public int execWrite(long operation, int stream, byte[] bytes) {
      others();
      return calls.execWrite(operation, stream, bytes);
    }

    @Override
    public int execExit(long operation, int code) {
      others();
      return calls.execExit(operation, code);
    }

    @Override
    public @Nullable Completion next() {
      others();
      if (callsToSlowWake >= 0 && callsToSlowWake-- == 0) {
        schedule.note(() -> "a wake takes its time");
        burn(WAKE_LIMIT);
        schedule.passDuringWork(WAKE_LIMIT);
      }
      return calls.next();
    }

    /** The watchdog counts what this thread takes, so it has to take it. */
    private static void burn(Duration cpuTime) {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long end = threads.getCurrentThreadCpuTime() + cpuTime.toNanos();
      while (threads.getCurrentThreadCpuTime() <= end) {
        Thread.onSpinWait();
      }
    }

    private void others() {
      point();
      schedule.interlude();
      point();
    }
  }
}
