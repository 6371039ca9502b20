package io.hiberlet.agent.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's counters. No labels by pod: their number must not grow with the pods that come and
 * go. Thread-safe.
 */
public final class AgentMetrics {
  private static final Logger log = LoggerFactory.getLogger(AgentMetrics.class);
  private static final double[] SECONDS = {
    0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ProbeMetrics probes = new ProbeMetrics();
  private final Histogram wakes = seconds("hiberlet_wake", "Calls into a guest.");
  private final Histogram suspends =
      seconds("hiberlet_suspend", "Snapshots written, of guests about to leave memory.");
  private final Histogram resumes =
      seconds("hiberlet_resume", "Guests brought back from their snapshot.");
  private final Counter snapshotBytes =
      Counter.builder()
          .name("hiberlet_snapshot_written_bytes_total")
          .help("Bytes of snapshots handed to the store.")
          .register(registry);
  private final Counter overruns =
      Counter.builder()
          .name("hiberlet_wake_overruns_total")
          .help("Wakes that were ended because they took too much CPU time.")
          .register(registry);
  private final Counter quarantined =
      Counter.builder()
          .name("hiberlet_snapshots_quarantined_total")
          .help("Snapshots that could not be used and were taken out of the way.")
          .register(registry);
  private final Counter endings =
      Counter.builder()
          .name("hiberlet_controller_endings_total")
          .help("Lives of controllers that ended, by reason.")
          .labelNames("reason")
          .register(registry);
  private final Gauge residents =
      Gauge.builder()
          .name("hiberlet_resident_controllers")
          .help("Controllers with an instance in memory.")
          .register(registry);
  private final Gauge controllers =
      Gauge.builder()
          .name("hiberlet_controllers")
          .help("Controllers that run, in memory or hibernated.")
          .register(registry);
  private final Counter hibernations =
      Counter.builder()
          .name("hiberlet_hibernations_total")
          .help("Controllers that left memory for the disk.")
          .register(registry);

  /**
   * Shows the store's size. Said once.
   *
   * @param storeBytes what it takes on the disk; asked at each {@link #text}
   */
  public void showStore(LongSupplier storeBytes) {
    show(
        "hiberlet_store_bytes",
        "Bytes of the snapshot store on the disk, its log included; NaN when unknown.",
        storeBytes);
  }

  /**
   * Shows the size of the module cache. Said once.
   *
   * @param moduleBytes what it takes on the disk; asked at each {@link #text}
   */
  public void showModules(LongSupplier moduleBytes) {
    show(
        "hiberlet_modules_bytes",
        "Bytes of modules on the disk, as they came and compiled; NaN when unknown.",
        moduleBytes);
  }

  /**
   * Shows what residents take of the room for them. Said once.
   *
   * @param residentBytes of the heap; asked at each {@link #text}, as the other
   * @param waiting controllers that wait for room
   */
  public void showResidents(LongSupplier residentBytes, LongSupplier waiting) {
    show(
        "hiberlet_resident_bytes",
        "Bytes of the heap that controllers in memory hold, as of when each last came to rest.",
        residentBytes);
    show(
        "hiberlet_waiting_controllers",
        "Controllers that wait until there is memory for them.",
        waiting);
  }

  private void show(String name, String help, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(gauge -> gauge.call(valueOrNaN(value)))
        .register(registry);
  }

  private static double valueOrNaN(LongSupplier value) {
    try {
      return value.getAsLong();
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("A metric could not be measured");
      return Double.NaN;
    }
  }

  private Histogram seconds(String name, String help) {
    return Histogram.builder()
        .name(name + "_seconds")
        .unit(Unit.SECONDS)
        .help(help)
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .register(registry);
  }

  /** A call into a guest returned. */
  public void woken(long nanos) {
    wakes.observe(Unit.nanosToSeconds(nanos));
  }

  /** A snapshot was written. */
  public void suspended(long nanos, long bytes) {
    suspends.observe(Unit.nanosToSeconds(nanos));
    snapshotBytes.inc(bytes);
  }

  /** A wake was ended because it took too long. */
  public void overran() {
    overruns.inc();
  }

  /** A snapshot that cannot be used was taken out of the way. */
  public void quarantined() {
    quarantined.inc();
  }

  /** A guest was brought back from its snapshot. */
  public void resumed(long nanos) {
    resumes.observe(Unit.nanosToSeconds(nanos));
  }

  /** A guest came into memory. */
  public void resident() {
    residents.inc();
  }

  /** A guest left memory, for whatever reason. */
  public void dropped() {
    residents.dec();
  }

  /** A guest left memory for the disk. */
  public void hibernated() {
    hibernations.inc();
  }

  /** A controller began to run on this node, or was adopted. */
  public void controllerBegan() {
    controllers.inc();
  }

  /**
   * A controller's life ended.
   *
   * @param reason one of the few that the agent has
   */
  public void controllerEnded(String reason) {
    controllers.dec();
    endings.labelValues(reason).inc();
  }

  /** What came of probes, which is told apart. */
  public ProbeMetrics probes() {
    return probes;
  }

  /** Everything else, in Prometheus' text format. */
  public String text() {
    return text(registry.scrape());
  }

  static String text(MetricSnapshots snapshots) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.builder().build().write(out, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no I/O happens
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
