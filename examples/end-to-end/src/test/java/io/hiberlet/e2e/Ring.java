package io.hiberlet.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The example ring of three controllers, each in another language. */
final class Ring {
  private static final List<String> LANGUAGES = List.of("rust", "c", "assemblyscript");

  private Ring() {}

  static String file(String path) {
    return Repository.file("examples/ring-operator/" + path).toString();
  }

  /** Everything that the controllers' pods need, but not the pods. */
  static void install(Kubectl kubectl) {
    kubectl.get("apply", "-f", Repository.file("examples/runtimeclass.yaml").toString());
    kubectl.get("apply", "-f", file("manifest/crd.yaml"));
    kubectl.get("apply", "-f", file("manifest/namespace.yaml"));
    List<String> modules =
        new ArrayList<>(List.of("create", "configmap", "-n", "ring-operator", "ring-operator"));
    for (String language : LANGUAGES) {
      modules.add(
          "--from-file=%s.wasm=%s".formatted(language, file(language + "/ring-operator.wasm")));
    }
    kubectl.get(modules.toArray(String[]::new));
    kubectl.get(
        "wait",
        "--for=condition=Established",
        "crd/testresources.example.hiberlet.io",
        "--timeout=60s");
  }

  /** Starts the controllers and makes their namespaces. */
  static void start(Kubectl kubectl, Freight freight) {
    kubectl.apply(manifest(freight));
  }

  static void remove(Kubectl kubectl) {
    for (String manifest :
        List.of("manifest/ring.yaml", "manifest/namespace.yaml", "manifest/crd.yaml")) {
      kubectl.run("delete", "--ignore-not-found", "--wait=false", "-f", file(manifest));
    }
  }

  private static String manifest(Freight freight) {
    List<String> words = new ArrayList<>(List.of(file("ring.sh"), "3", freight.kind));
    LANGUAGES.forEach(each -> words.add("configmap:ring-operator/%s.wasm".formatted(each)));
    return Command.run(Map.of(), "", words).orThrow();
  }

  /** How often the controllers said in their logs that they listed. */
  static long lists(Kubectl kubectl) {
    return List.of("ring-0", "ring-1", "ring-2").stream()
        .map(pod -> kubectl.get("logs", "-n", "ring-operator", pod))
        .flatMap(String::lines)
        .filter(line -> line.contains("listed"))
        .count();
  }
}
