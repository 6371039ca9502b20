package io.hiberlet.agent.metrics;

import io.hiberlet.agent.hostio.http.UpstreamObserver;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.Unit;

/** Counts what guests ask the API server for. Thread-safe. */
final class GuestRequestMetrics implements UpstreamObserver {
  private final Counter requests;
  private final Histogram seconds;
  private final Gauge streams;

  GuestRequestMetrics(MetricFactory make) {
    this.requests = make.counter(Metric.GUEST_REQUESTS);
    this.seconds = make.histogram(Metric.GUEST_REQUEST_SECONDS);
    this.streams = make.gauge(Metric.GUEST_STREAMS);
  }

  @Override
  public void answered(boolean streaming, int status, long nanos) {
    requests.labelValues(kind(streaming), status / 100 + "xx").inc();
    if (streaming) {
      streams.inc();
    } else {
      seconds.observe(Unit.nanosToSeconds(nanos));
    }
  }

  @Override
  public void failed(boolean streaming) {
    requests.labelValues(kind(streaming), "error").inc();
  }

  @Override
  public void streamEnded() {
    streams.dec();
  }

  private static String kind(boolean streaming) {
    return streaming ? "stream" : "request";
  }
}
