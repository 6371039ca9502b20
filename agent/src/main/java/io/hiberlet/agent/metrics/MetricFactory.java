package io.hiberlet.agent.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the metrics of {@link Metric} in Prometheus' client, each once. */
record MetricFactory(PrometheusRegistry registry) {
  private static final Logger log = LoggerFactory.getLogger(MetricFactory.class);
  private static final double[] SECONDS = {
    0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30
  };

  Counter counter(Metric metric) {
    require(metric, Metric.Type.COUNTER);
    return Counter.builder()
        .name(metric.metricName())
        .help(metric.help())
        .labelNames(metric.labelKeys())
        .register(registry);
  }

  Gauge gauge(Metric metric) {
    require(metric, Metric.Type.GAUGE);
    return Gauge.builder()
        .name(metric.metricName())
        .help(metric.help())
        .labelNames(metric.labelKeys())
        .register(registry);
  }

  /** Of times in seconds. */
  Histogram histogram(Metric metric) {
    require(metric, Metric.Type.HISTOGRAM);
    return Histogram.builder()
        .name(metric.metricName())
        .unit(Unit.SECONDS)
        .help(metric.help())
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .register(registry);
  }

  /** One without labels that is measured when it is asked for. */
  void measured(Metric metric, DoubleSupplier value) {
    if (metric.type() == Metric.Type.COUNTER) {
      CounterWithCallback.builder()
          .name(metric.metricName())
          .help(metric.help())
          .callback(counter -> counter.call(valueOrNaN(metric, value)))
          .register(registry);
    } else {
      require(metric, Metric.Type.GAUGE);
      GaugeWithCallback.builder()
          .name(metric.metricName())
          .help(metric.help())
          .callback(gauge -> gauge.call(valueOrNaN(metric, value)))
          .register(registry);
    }
  }

  void info(Metric metric, String label) {
    require(metric, Metric.Type.INFO);
    Info.builder()
        .name(metric.metricName())
        .help(metric.help())
        .labelNames(metric.labelKeys())
        .register(registry)
        .addLabelValues(label);
  }

  private static double valueOrNaN(Metric metric, DoubleSupplier value) {
    try {
      return value.getAsDouble();
    } catch (RuntimeException e) {
      log.atWarn().addKeyValue("metric", metric).setCause(e).log("A metric was not measured");
      return Double.NaN;
    }
  }

  private static void require(Metric metric, Metric.Type type) {
    if (metric.type() != type) {
      throw new IllegalArgumentException(metric + " is no " + type);
    }
  }
}
