package io.hiberlet.agent.metrics;

import io.hiberlet.agent.hostio.http.UpstreamObserver;
import io.hiberlet.node.api.RequestListener;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/** What the agent counts: the metrics of {@link Metric}. Thread-safe. */
public final class AgentMetrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final MetricFactory make = new MetricFactory(registry);
  private final ProbeMetrics probes = new ProbeMetrics();
  private final Gauge controllers = make.gauge(Metric.CONTROLLERS);
  private final Gauge residents = make.gauge(Metric.RESIDENT_CONTROLLERS);
  private final Counter endings = make.counter(Metric.CONTROLLER_ENDINGS);
  private final Counter startFailures = make.counter(Metric.START_FAILURES);
  private final Histogram wakes = make.histogram(Metric.WAKES);
  private final Counter overruns = make.counter(Metric.WAKE_OVERRUNS);
  private final Counter guestCpu = make.counter(Metric.GUEST_CPU);
  private final Histogram suspends = make.histogram(Metric.SUSPENDS);
  private final Counter hibernations = make.counter(Metric.HIBERNATIONS);
  private final Histogram resumes = make.histogram(Metric.RESUMES);
  private final Counter writtenBytes = make.counter(Metric.SNAPSHOT_WRITTEN_BYTES);
  private final Counter writtenPages = make.counter(Metric.SNAPSHOT_WRITTEN_PAGES);
  private final Counter readPages = make.counter(Metric.SNAPSHOT_READ_PAGES);
  private final Counter quarantined = make.counter(Metric.SNAPSHOTS_QUARANTINED);
  private final Counter pulls = make.counter(Metric.PULLS);
  private final GuestRequestMetrics guestRequests = new GuestRequestMetrics(make);
  private final ApiRequestMetrics apiRequests = new ApiRequestMetrics(make);
  private final Counter thresholds = make.counter(Metric.EVICTION_THRESHOLDS);

  /**
   * Shows a metric that is measured when it is asked for. Said once for each.
   *
   * @param value asked at each {@link #text}; NaN, or a failure, when it is unknown
   */
  public void show(Metric metric, DoubleSupplier value) {
    make.measured(metric, value);
  }

  /** Shows a metric that never changes, by the value of its one label. Said once for each. */
  public void showInfo(Metric metric, String label) {
    make.info(metric, label);
  }

  /** A call into a guest returned. */
  public void woken(long nanos) {
    wakes.observe(Unit.nanosToSeconds(nanos));
  }

  /** CPU time was used for a guest. */
  public void used(Duration cpuTime) {
    guestCpu.inc(Unit.nanosToSeconds(cpuTime.toNanos()));
  }

  /** A snapshot was written. */
  public void suspended(long nanos, long bytes, long pages) {
    suspends.observe(Unit.nanosToSeconds(nanos));
    writtenBytes.inc(bytes);
    writtenPages.inc(pages);
  }

  /** A wake was ended because it took too long. */
  public void overran() {
    overruns.inc();
  }

  /** A snapshot that cannot be used was taken out of the way. */
  public void quarantined() {
    quarantined.inc();
  }

  /** A snapshot was read. */
  public void read(long pages) {
    readPages.inc(pages);
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

  /**
   * A container could not be started.
   *
   * @param reason one of the few that the agent has
   */
  public void startFailed(String reason) {
    startFailures.labelValues(reason).inc();
  }

  /** The pull of an image begins. */
  public void pulls() {
    pulls.inc();
  }

  /** The machine was found short of something. */
  public void thresholdMet(String resource) {
    thresholds.labelValues(resource).inc();
  }

  /** Counts what guests ask for. */
  public UpstreamObserver guestRequests() {
    return guestRequests;
  }

  /** Counts what clients of the kubelet API ask for. */
  public RequestListener apiRequests() {
    return apiRequests;
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
