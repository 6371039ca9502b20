package io.hiberlet.e2e;

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

  void apply(String manifest) {
    runWithInput(manifest, "apply", "-f", "-").orThrow();
  }

  Command.Result runWithInput(String stdin, String... words) {
    List<String> all = new ArrayList<>(List.of("kubectl"));
    all.addAll(List.of(words));
    return Command.run(Map.of("KUBECONFIG", kubeconfig.toString()), stdin, all);
  }
}
