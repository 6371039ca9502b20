package io.hiberlet.agent;

import io.hiberlet.agent.cli.Version;
import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.eviction.EvictablePods;
import io.hiberlet.agent.eviction.Eviction;
import io.hiberlet.agent.execution.Heartbeat;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.metrics.AgentMetrics;
import io.hiberlet.agent.module.Modules;
import io.hiberlet.agent.pod.ContainerLogs;
import io.hiberlet.agent.pod.ControllerServices;
import io.hiberlet.agent.pod.Controllers;
import io.hiberlet.agent.pod.PodAccess;
import io.hiberlet.agent.pod.PodAgent;
import io.hiberlet.agent.pod.PodEvictions;
import io.hiberlet.agent.pod.PodFiles;
import io.hiberlet.agent.pod.PodMeasurements;
import io.hiberlet.agent.pod.PodShutdown;
import io.hiberlet.agent.volume.Delays;
import io.hiberlet.agent.volume.PodVolumes;
import io.hiberlet.agent.volume.VolumeInputs;
import io.hiberlet.node.NodeOptions;
import io.hiberlet.node.NodeProvider;
import io.hiberlet.node.PodReporter.EventType;
import io.hiberlet.node.api.KubeletServer;
import io.hiberlet.node.api.NodeContent;
import io.hiberlet.node.certificate.NodeIdentity;
import io.hiberlet.node.certificate.ServingCertificate;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.client.KubeconfigException;
import io.hiberlet.node.client.PodResources;
import io.hiberlet.node.log.LogLimits;
import io.hiberlet.node.object.ApiPodObjects;
import io.hiberlet.node.stats.NodeStats;
import io.hiberlet.node.task.RepeatedTask;
import io.hiberlet.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: makes the parts, starts them in order, and closes them in reverse. Opened
 * and closed by one thread.
 */
public final class Agent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Agent.class);
  private static final Duration SUSPEND_PATIENCE = Duration.ofSeconds(20);

  /** Of a shutdown: all of them, and the closing of the rest, fit into the unit's stop time-out. */
  private static final Duration ANNOUNCE_PATIENCE = Duration.ofSeconds(5);

  private static final Duration CRITICAL_PATIENCE = Duration.ofSeconds(10);

  private final Closing closing;
  private final Heartbeat heartbeat;
  private final NodeProvider node;
  private final KubeletServer api;
  private final PodShutdown shutdown;

  private Agent(AgentConfig config, Closing closing)
      throws IOException, GeneralSecurityException, KubeconfigException {
    this.closing = closing;
    Clock clock = Clock.systemUTC();
    Path data = Files.createDirectories(config.dataDir());
    NodeIdentity identity = closing.add("node identity", Configured.identity(config, data, clock));
    ApiServerAccess access = identity.access();
    log.atInfo()
        .addKeyValue("version", Version.current())
        .addKeyValue("node", config.node().name())
        .addKeyValue("apiServer", access.server())
        .addKeyValue("dataDir", data)
        .log("Starting");
    GuestEngine engine = GuestEngine.open(config, data.resolve("store"), clock, closing);
    SnapshotStore store = engine.store();
    ScheduledExecutorService timer = engine.timer();
    ExecutorService blocking = engine.blocking();
    AgentMetrics metrics = engine.metrics();
    ControllerServices services = engine.services();
    heartbeat = closing.add("heartbeat", new Heartbeat(timer));
    PodResources resources = new PodResources(access.client());
    ApiPodObjects objects = closing.add("watches of objects", new ApiPodObjects(access.client()));
    Path podFiles = data.resolve("pods");
    PodVolumes volumes =
        new PodVolumes(
            podFiles,
            new VolumeInputs(objects, resources::requestToken, clock),
            Delays.of(timer),
            blocking);
    PodFiles files = new PodFiles(podFiles, volumes::forget);
    LogRounds rounds =
        closing.add("logs", new LogRounds(LogLimits.KUBELET_DEFAULTS, timer, blocking));
    ContainerLogs logs = new ContainerLogs(files, rounds.store());
    HostIo hostIo = closing.add("host I/O", engine.hostIo(Configured.hostIo(config, access)));
    Modules modules = Configured.modules(config, data, objects);
    Gauges.show(metrics, store, services.room(), modules);
    Controllers controllers =
        new Controllers(services, modules, hostIo, resources, objects, volumes, logs, blocking);
    PodAgent pods = new PodAgent(Configured.admission(config), controllers, store, files);
    closing.add("controllers", () -> suspend(pods));
    shutdown = new PodShutdown(pods, SUSPEND_PATIENCE, CRITICAL_PATIENCE);
    ModuleUpkeep upkeep =
        closing.add("module upkeep", new ModuleUpkeep(modules, pods, timer, blocking));

    NodeOptions options = Configured.node(config, data);
    ServingCertificate certificate =
        closing.add(
            "serving certificate", ServingCertificate.open(options, access.client(), clock));
    node =
        closing.add(
            "node",
            new NodeProvider(options, access, pods, modules::images, new StoredEvents(store)));
    closing.add(
        "eviction",
        eviction(
            node, new PodEvictions(pods, files, services.snapshots(), upkeep::collect), metrics));
    api =
        closing.add(
            "kubelet API",
            new KubeletServer(
                engine.loops(),
                Configured.apiAddress(config),
                Configured.apiTls(config, certificate),
                Configured.apiAccess(config, access),
                new NodeContent(
                    node.pods(),
                    new PodAccess(pods, logs),
                    new NodeStats(
                        options.name(),
                        new PodMeasurements(pods, files, services.snapshots(), clock),
                        Configured.gauges(data, modules::bytesOnDisk),
                        clock),
                    Configured.pages(config, metrics)),
                metrics.apiRequests(),
                Configured.API_LIMITS));
    identity.start();
    Thread joining =
        Thread.ofVirtual().name("joining").start(() -> join(identity, certificate, node, api));
    closing.add("joining", () -> end(joining));
  }

  /**
   * Starts an agent. Returns at once: while the API server is away, the agent runs what it knows
   * and tries again calmly.
   *
   * @throws IOException when something on this device is in the way, with a message for the user
   * @throws KubeconfigException when the kubeconfig cannot be used, with a message for the user
   */
  public static Agent start(AgentConfig config)
      throws IOException, GeneralSecurityException, KubeconfigException {
    Closing closing = new Closing();
    try {
      return new Agent(config, closing);
    } catch (IOException | GeneralSecurityException | KubeconfigException | RuntimeException e) {
      closing.close();
      throw e;
    }
  }

  /** Waits until the node is registered and knows its pods; false when that takes longer. */
  public boolean awaitReady(Duration longest) throws InterruptedException {
    return node.awaitReady(longest);
  }

  /** The port of the kubelet API. */
  public int apiPort() {
    return api.port();
  }

  /** Whether the agent does its work; false is reason enough to start it anew. */
  public boolean isHealthy() {
    return heartbeat.isBeating();
  }

  /**
   * The machine goes down, and not this process alone: tells the cluster, refuses new pods, and
   * writes controllers down in the kubelet's order; {@link #close} is to follow. Takes 35 s at
   * most.
   */
  public void prepareShutdown() throws InterruptedException {
    log.atInfo().log("The machine is shutting down");
    node.announceShutdown(ANNOUNCE_PATIENCE);
    shutdown.run();
  }

  /** Writes every resident controller down, then closes everything. */
  @Override
  public void close() {
    closing.close();
  }

  /** Has pods ended when the node runs short of something. */
  private static RepeatedTask eviction(
      NodeProvider node, EvictablePods pods, AgentMetrics metrics) {
    RepeatedTask task =
        new RepeatedTask(
            "eviction",
            new Eviction(
                node::shortages,
                pods,
                shortage -> {
                  metrics.thresholdMet(shortage.resource().value());
                  node.event(
                      EventType.WARNING,
                      "EvictionThresholdMet",
                      "Attempting to reclaim " + shortage.resource().value());
                }));
    task.start();
    return task;
  }

  /** A node that asks for anything before it has its identity would only be refused. */
  private static void join(
      NodeIdentity identity, ServingCertificate certificate, NodeProvider node, KubeletServer api) {
    try {
      identity.obtained().await();
      certificate.start();
      node.start(api.port());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void end(Thread joining) throws InterruptedException {
    joining.interrupt();
    joining.join();
  }

  private static void suspend(PodAgent pods) throws InterruptedException {
    try {
      pods.suspendAll().toCompletableFuture().get(SUSPEND_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.atError()
          .setCause(e)
          .log("Some controllers were not written down; they go on from their last snapshot");
    }
  }
}
