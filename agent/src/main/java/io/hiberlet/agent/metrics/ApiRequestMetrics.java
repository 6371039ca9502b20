package io.hiberlet.agent.metrics;

import io.hiberlet.node.api.RequestListener;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;

/** Counts what clients ask the kubelet API for. Thread-safe. */
final class ApiRequestMetrics implements RequestListener {
  private final Counter requests;
  private final Gauge underWay;

  ApiRequestMetrics(MetricFactory make) {
    this.requests = make.counter(Metric.API_REQUESTS);
    this.underWay = make.gauge(Metric.API_REQUESTS_UNDER_WAY);
  }

  @Override
  public void began() {
    underWay.inc();
  }

  @Override
  public void ended(String route, int status) {
    underWay.dec();
    requests.labelValues(route, Integer.toString(status)).inc();
  }
}
