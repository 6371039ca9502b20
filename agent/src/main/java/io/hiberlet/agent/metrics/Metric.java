package io.hiberlet.agent.metrics;

import java.util.List;
import java.util.stream.Stream;

/**
 * Every metric that the agent shows at {@code /metrics}: the only place where their names, types,
 * labels and meanings are written. {@code docs/metrics.md} is this list. None has a label that
 * grows with the pods that come and go.
 */
public enum Metric {
  BUILD_INFO(Type.INFO, "hiberlet_build_info", "1, with the version of the agent.", Label.VERSION),
  CONTROLLERS(Type.GAUGE, "hiberlet_controllers", "Controllers that run, in memory or hibernated."),
  RESIDENT_CONTROLLERS(
      Type.GAUGE, "hiberlet_resident_controllers", "Controllers with an instance in memory."),
  RESIDENT_BYTES(
      Type.GAUGE,
      "hiberlet_resident_bytes",
      "Bytes of the heap that controllers in memory hold, as of when each last came to rest;"
          + " runtime.residentMemory bounds it."),
  WAITING_CONTROLLERS(
      Type.GAUGE,
      "hiberlet_waiting_controllers",
      "Controllers that wait until there is memory for them."),
  CONTROLLER_ENDINGS(
      Type.COUNTER,
      "hiberlet_controller_endings_total",
      "Lives of controllers that ended, by reason.",
      Label.ENDING),
  START_FAILURES(
      Type.COUNTER,
      "hiberlet_start_failures_total",
      "Containers that could not be started and wait for another try, by reason.",
      Label.START_FAILURE),
  WAKES(Type.HISTOGRAM, "hiberlet_wake_seconds", "Calls into a guest."),
  WAKE_OVERRUNS(
      Type.COUNTER,
      "hiberlet_wake_overruns_total",
      "Wakes that were ended because they took too much CPU time."),
  GUEST_CPU(Type.COUNTER, "hiberlet_guest_cpu_seconds_total", "CPU time that was used for guests."),
  SUSPENDS(
      Type.HISTOGRAM,
      "hiberlet_suspend_seconds",
      "Snapshots written, of guests about to leave memory or not."),
  HIBERNATIONS(
      Type.COUNTER, "hiberlet_hibernations_total", "Controllers that left memory for the disk."),
  RESUMES(Type.HISTOGRAM, "hiberlet_resume_seconds", "Guests brought back from their snapshot."),
  SNAPSHOT_WRITTEN_BYTES(
      Type.COUNTER,
      "hiberlet_snapshot_written_bytes_total",
      "Bytes of snapshots handed to the store."),
  SNAPSHOT_WRITTEN_PAGES(
      Type.COUNTER,
      "hiberlet_snapshot_written_pages_total",
      "Pages of 4 KiB written, as guests had changed them."),
  SNAPSHOT_READ_PAGES(
      Type.COUNTER,
      "hiberlet_snapshot_read_pages_total",
      "Pages of 4 KiB read back to resume guests."),
  SNAPSHOTS_QUARANTINED(
      Type.COUNTER,
      "hiberlet_snapshots_quarantined_total",
      "Snapshots that could not be used and were taken out of the way."),
  STORE_BYTES(
      Type.GAUGE,
      "hiberlet_store_bytes",
      "Bytes of the snapshot store on the disk, its log included; NaN when unknown."),
  MODULES_BYTES(
      Type.GAUGE,
      "hiberlet_modules_bytes",
      "Bytes of modules on the disk, as they came and compiled; NaN when unknown."),
  PULLS(Type.COUNTER, "hiberlet_image_pulls_total", "Pulls of images that were begun."),
  GUEST_REQUESTS(
      Type.COUNTER,
      "hiberlet_guest_requests_total",
      "Requests that were sent to the API server for guests, watches and their reconnections"
          + " included.",
      Label.REQUEST_KIND,
      Label.OUTCOME),
  GUEST_REQUEST_SECONDS(
      Type.HISTOGRAM,
      "hiberlet_guest_request_seconds",
      "From a guest's request to the head of its answer, waiting for a connection included;"
          + " not those that stream."),
  GUEST_STREAMS(
      Type.GAUGE,
      "hiberlet_guest_streams",
      "Watches and other streams of guests that the API server has answered and that are open."),
  API_REQUESTS(
      Type.COUNTER,
      "hiberlet_api_requests_total",
      "Requests to the kubelet API that were answered, refusals included.",
      Label.ROUTE,
      Label.CODE),
  API_REQUESTS_UNDER_WAY(
      Type.GAUGE,
      "hiberlet_api_requests_under_way",
      "Requests to the kubelet API that are being answered: followed logs, exec and attach first"
          + " of all."),
  EVICTION_THRESHOLDS(
      Type.COUNTER,
      "hiberlet_eviction_thresholds_met_total",
      "Looks at the machine that found it short of something.",
      Label.RESOURCE),
  PROCESS_CPU(
      Type.COUNTER,
      "process_cpu_seconds_total",
      "CPU time of the agent's process, guests included."),
  PROCESS_MEMORY(
      Type.GAUGE,
      "process_resident_memory_bytes",
      "Memory of the agent's process that is in RAM, guests included; NaN when unknown."),
  PROCESS_START(
      Type.GAUGE, "process_start_time_seconds", "When the agent's process began, since the epoch."),
  HEAP_USED(
      Type.GAUGE, "hiberlet_heap_used_bytes", "Bytes of the Java heap in use, garbage included."),
  HEAP_LIMIT(Type.GAUGE, "hiberlet_heap_limit_bytes", "The most that the Java heap may have."),
  DIRECT_MEMORY(
      Type.GAUGE,
      "hiberlet_direct_memory_bytes",
      "Bytes of buffers outside the Java heap, for what connections and files carry.");

  /** The types of Prometheus. */
  public enum Type {
    COUNTER,
    GAUGE,
    /** A gauge that is always 1: what it tells is in its labels. */
    INFO,
    /** Its name is that of its samples without {@code _bucket}, {@code _sum} and {@code _count}. */
    HISTOGRAM
  }

  /** What metrics are told apart by. */
  public enum Label {
    VERSION("version", "one"),
    ENDING("reason", "Completed, Error, OOMKilled, WakeTimeout and the like, as pods show them"),
    START_FAILURE("reason", "ErrImagePull, ModuleRefused and the like, as pods show them"),
    REQUEST_KIND("kind", "request, stream"),
    OUTCOME("code", "2xx, 3xx, 4xx, 5xx, error without an answer"),
    ROUTE("route", "the first words of the kubelet API's paths; other"),
    CODE("code", "HTTP statuses that the kubelet API answers with; 0 when the client had gone"),
    RESOURCE("resource", "memory, ephemeral-storage");

    private final String key;
    private final String values;

    Label(String key, String values) {
      this.key = key;
      this.values = values;
    }

    String key() {
      return key;
    }

    /** Those that it can have, for people; never more than a few dozen. */
    String valuesText() {
      return values;
    }
  }

  private final Type type;
  private final String metricName;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // what List.of makes never changes
  private final List<Label> labels;

  Metric(Type type, String metricName, String help, Label... labels) {
    this.type = type;
    this.metricName = metricName;
    this.help = help;
    this.labels = List.of(labels);
  }

  Type type() {
    return type;
  }

  String metricName() {
    return metricName;
  }

  String help() {
    return help;
  }

  List<Label> labels() {
    return labels;
  }

  String[] labelKeys() {
    return labels.stream().map(Label::key).toArray(String[]::new);
  }

  /** The names of its samples. */
  Stream<String> sampleNames() {
    return type == Type.HISTOGRAM
        ? Stream.of("_bucket", "_sum", "_count").map(metricName::concat)
        : Stream.of(metricName);
  }
}
