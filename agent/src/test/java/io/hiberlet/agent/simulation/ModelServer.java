package io.hiberlet.agent.simulation;

import io.hiberlet.agent.hostio.http.Exchange;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.Upstream;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** An API server that has a log for each controller, and bad days. */
final class ModelServer {
  private final Schedule schedule;
  private final SplittableRandom random;
  private final Map<String, ModelPod> pods = new LinkedHashMap<>();
  private final List<ModelExchange> streams = new ArrayList<>();
  private long version = 1000;
  private long oldestVersion;
  private double trouble;

  ModelServer(Schedule schedule, SplittableRandom random) {
    this.schedule = schedule;
    this.random = random;
  }

  long version() {
    return version;
  }

  /** The versions before which nothing is known any more. */
  long oldestVersion() {
    return oldestVersion;
  }

  Schedule schedule() {
    return schedule;
  }

  SplittableRandom random() {
    return random;
  }

  /** Whether this request meets one of the bad days. */
  boolean inTrouble() {
    return random.nextDouble() < trouble;
  }

  /** How many of the requests go wrong from now on. */
  void setTrouble(double share) {
    trouble = share;
  }

  void admit(ModelPod pod) {
    pods.put(pod.identity(), pod);
  }

  ModelPod podOf(String token) {
    ModelPod pod = pods.get(token.substring(0, token.indexOf(' ')));
    if (pod == null) {
      throw new IllegalStateException("a token of nobody: " + token);
    }
    return pod;
  }

  /** The server as one process of the agent sees it. */
  Upstream connect(Schedule.Life life) {
    return new Upstream() {
      @Override
      public Exchange send(UpstreamRequest request, ExchangeListener listener) {
        ModelExchange exchange = new ModelExchange(ModelServer.this, life, request, listener);
        exchange.begin();
        return exchange;
      }

      @Override
      public void close() {}
    };
  }

  void opened(ModelExchange stream) {
    streams.removeIf(ModelExchange::isOver);
    streams.add(stream);
  }

  void append(ModelPod pod) {
    version += 1 + random.nextInt(3);
    pod.ledger().append(version, random.nextLong());
    schedule.note(() -> pod + " event " + pod.ledger().size() + " at " + version);
    streams.stream().filter(stream -> stream.pod().equals(pod)).forEach(ModelExchange::wake);
  }

  void bookmark() {
    streams.forEach(ModelExchange::bookmark);
  }

  /** Breaks some of the open streams. */
  void cut() {
    streams.stream().filter(stream -> random.nextBoolean()).forEach(ModelExchange::cut);
  }

  /** Forgets what is older than some version. */
  void compact() {
    long gap = version - oldestVersion;
    oldestVersion += random.nextInt((int) gap + 1);
    schedule.note(() -> "compacted up to " + oldestVersion);
  }
}
