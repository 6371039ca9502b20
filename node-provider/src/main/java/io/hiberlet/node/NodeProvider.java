package io.hiberlet.node;

import io.hiberlet.node.PodReporter.EventType;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.event.EventBacklog;
import io.hiberlet.node.event.EventRecorder;
import io.hiberlet.node.pod.NewPods;
import io.hiberlet.node.pod.OwnNode;
import io.hiberlet.node.pod.PodController;
import io.hiberlet.node.staticpod.StaticPods;
import io.hiberlet.node.status.MachineInfo;
import io.hiberlet.node.status.NodeConditions;
import io.hiberlet.node.status.NodeLease;
import io.hiberlet.node.status.NodeObject;
import io.hiberlet.node.status.NodeStatus;
import io.hiberlet.node.status.Shortages;
import io.hiberlet.node.task.RepeatedTask;
import io.kubernetes.client.openapi.ApiClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a Kubernetes node of this process: registers it, keeps its Lease and status, and hands its
 * pods to a {@link PodHandler}. Starting needs no API server: while it is away, the pods that the
 * handler remembers run, everything else is tried again calmly, and goes on where it stopped. All
 * methods may be called by any thread.
 */
public final class NodeProvider implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeProvider.class);

  private final String name;
  private final EventRecorder events;
  private final Shortages shortages;
  private final NodeObject wanted;
  private final NodeStatus status;
  private final RepeatedTask statusTask;
  private final NodeLease lease;
  private final RepeatedTask leaseTask;
  private final PodController pods;
  private final NewPods newPods;
  private volatile boolean shuttingDown;
  private final Thread startUp;

  /** Nothing happens before {@link #start}. */
  public NodeProvider(
      NodeOptions options,
      ApiServerAccess access,
      PodHandler handler,
      NodeImages images,
      EventBacklog backlog) {
    ApiClient client = access.client();
    Clock clock = Clock.systemUTC();
    this.name = options.name();
    this.events = new EventRecorder(client, name, backlog, clock);
    var machine = new MachineInfo(Path.of("/"), options.dataDirectory());
    this.shortages = new Shortages(machine, options.thresholds());
    this.wanted = new NodeObject(options, machine, images);
    var conditions = new NodeConditions(machine, options.thresholds(), this::obstacle);
    this.newPods = new NewPods(conditions::pressures);
    this.status = new NodeStatus(wanted, conditions, client, clock);
    this.statusTask = new RepeatedTask("node status", status);
    this.lease = new NodeLease(name, status, this::compareNode, client, clock);
    this.leaseTask = new RepeatedTask("node lease", lease);
    var statics = new StaticPods(options.staticPodPath(), name, this::refusedStaticPod, clock);
    this.pods =
        new PodController(
            new OwnNode(name, options.ip().getHostAddress(), status::uid),
            client,
            handler,
            statics,
            newPods,
            events,
            clock);
    this.startUp = Thread.ofVirtual().name("node-start").unstarted(this::startInOrder);
  }

  /**
   * Starts everything in the background and returns; to be called once.
   *
   * @param apiPort where the kubelet API is served
   */
  public void start(int apiPort) {
    wanted.apiServedAt(apiPort);
    events.start();
    pods.start();
    statusTask.start();
    startUp.start();
  }

  /** Whether the node is registered, holds its Lease and knows its pods. */
  public boolean ready() {
    return status.registered().getCount() == 0
        && lease.held().getCount() == 0
        && pods.synchronised().getCount() == 0;
  }

  /**
   * Waits until the node is {@link #ready}.
   *
   * @return false when it is not after that time
   */
  public boolean awaitReady(Duration longest) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + longest.toNanos();
    return await(status.registered(), deadlineNanos)
        && await(lease.held(), deadlineNanos)
        && await(pods.synchronised(), deadlineNanos);
  }

  /** The pods of this node, for the kubelet API. */
  public PodLister pods() {
    return pods.pods();
  }

  /** What is short on this machine at this moment, memory first. */
  public List<Shortage> shortages() {
    return shortages.look();
  }

  /** An event of the Node itself, as {@code kubectl describe node} shows it. */
  public void event(EventType type, String reason, String message) {
    events.recordOfNode(type, reason, message);
  }

  /**
   * The machine goes down: from now on the node is not ready and refuses new pods, until it is
   * closed. Returns when the API server was told, if it knows the node at all, or could not be
   * within that time. What runs goes on. To be called once, by any thread.
   */
  public void announceShutdown(Duration longest) throws InterruptedException {
    newPods.refuseAll();
    shuttingDown = true;
    event(EventType.NORMAL, "NodeShutdown", "Shutdown manager detected shutdown event");
    CountDownLatch told = status.nextLook();
    statusTask.wake();
    boolean known = status.registered().getCount() == 0;
    if (known && !told.await(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      log.atWarn().log("The API server could not be told that the node is shutting down");
    }
  }

  /** Stops in reverse order; the pods go on undisturbed, and the Node stays registered. */
  @Override
  public void close() {
    startUp.interrupt();
    join();
    pods.close();
    leaseTask.close();
    statusTask.close();
    events.close();
  }

  private void startInOrder() {
    try {
      status.registered().await();
      events.recordOfNode(EventType.NORMAL, "Starting", "Starting hiberlet");
      leaseTask.start();
      lease.held().await();
      pods.follow();
      pods.synchronised().await();
      statusTask.wake();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void refusedStaticPod(String why) {
    event(EventType.WARNING, "StaticPodRefused", why);
  }

  private void compareNode() {
    status.suspect();
    statusTask.wake();
  }

  private Optional<String> obstacle() {
    if (shuttingDown) {
      return Optional.of("node is shutting down"); // the kubelet's words
    }
    return pods.synchronised().getCount() == 0
        ? Optional.empty()
        : Optional.of("the pods of this node have not been listed yet");
  }

  private void join() {
    try {
      startUp.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean await(CountDownLatch latch, long deadlineNanos)
      throws InterruptedException {
    return latch.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }
}
