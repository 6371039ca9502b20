package io.hiberlet.e2e;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** kubectl as the cluster's administrator. */
record Kubectl(Path kubeconfig) {

  Command.Result run(String... words) {
    return runWithInput("", words);
  }

  /** The output of a command that must go well. */
  String get(String... words) {
    return run(words).orThrow();
  }

  /** Skips what asks a node for something, where an address of the loopback is off limits. */
  void assumeAWayTo(String node) {
    String refusal = run("get", "--raw", "/api/v1/nodes/" + node + "/proxy/healthz").stderr();
    assumeFalse(refusal.contains("address not allowed"), refusal);
  }

  void apply(String manifest) {
    runWithInput(manifest, "apply", "-f", "-").orThrow();
  }

  Command.Result runWithInput(String stdin, String... words) {
    List<String> all = new ArrayList<>(List.of("kubectl"));
    all.addAll(List.of(words));
    return Command.run(Map.of("KUBECONFIG", kubeconfig.toString()), stdin, all);
  }
}
