package io.hiberlet.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.agent.probe.ProbeResult.Verdict;
import io.hiberlet.agent.probe.ProbeType;
import io.hiberlet.node.PodKey;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProbeMetricsTest {
  private final ProbeMetrics probes = new AgentMetrics().probes();

  @Test
  void probesAreCountedByResultAndForgottenWithTheirPod() {
    PodKey ring = new PodKey("default", "ring", "uid-1");
    PodKey other = new PodKey("default", "other", "uid-2");
    probes.made(ring, "main", ProbeType.LIVENESS, Verdict.SUCCESS);
    probes.made(ring, "main", ProbeType.LIVENESS, Verdict.SUCCESS);
    probes.made(ring, "main", ProbeType.READINESS, Verdict.FAILURE);
    probes.made(other, "main", ProbeType.STARTUP, Verdict.UNKNOWN);
    String labels = "{container=\"main\",namespace=\"default\",pod=\"%s\",pod_uid=\"%s\",";
    String liveness = labels + "probe_type=\"Liveness\",result=\"successful\"} 2.0";
    String readiness = labels + "probe_type=\"Readiness\",result=\"failed\"} 1.0";
    String startup = labels + "probe_type=\"Startup\",result=\"unknown\"} 1.0";
    assertEquals(
        List.of(
            startup.formatted("other", "uid-2"),
            liveness.formatted("ring", "uid-1"),
            readiness.formatted("ring", "uid-1")),
        samples());
    probes.forget("uid-1");
    assertEquals(List.of(startup.formatted("other", "uid-2")), samples());
  }

  private List<String> samples() {
    return probes
        .text()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replace("prober_probe_total", ""))
        .sorted()
        .toList();
  }
}
