package io.hiberlet.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The example ring of controllers. Those of the short one are each in another language. */
final class Ring {
  private static final List<String> OF_THREE = List.of("rust", "c", "assemblyscript");

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
    for (String language : OF_THREE) {
      modules.add("--from-file=%s.wasm=%s".formatted(language, module(language)));
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
    List<String> modules =
        OF_THREE.stream().map("configmap:ring-operator/%s.wasm"::formatted).toList();
    kubectl.apply(manifest(OF_THREE.size(), freight, modules));
  }

  static void remove(Kubectl kubectl) {
    for (String manifest :
        List.of("manifest/ring.yaml", "manifest/namespace.yaml", "manifest/crd.yaml")) {
      kubectl.run("delete", "--ignore-not-found", "--wait=false", "-f", file(manifest));
    }
  }

  /** A ring of so many operators, which take the modules in turn. */
  static String manifest(int length, Freight freight, List<String> modules) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of(file("ring.sh"), Integer.toString(length), freight.kind));
    words.addAll(modules);
    return Command.run(Map.of(), "", words).orThrow();
  }

  /** The same with what Go asks for: more memory, and heartbeats of client-go that can wait. */
  static String manifestWithGo(int length, Freight freight, List<String> modules, String go) {
    return Stream.of(manifest(length, freight, modules).split("(?m)^---$"))
        .map(object -> object.contains("hiberlet.io/module: " + go) ? roomy(object) : object)
        .collect(Collectors.joining("---"));
  }

  private static String roomy(String pod) {
    return pod.replace("  annotations:\n", "  annotations:\n    hiberlet.io/timer-slack: 10m\n")
        .replace("memory: 16Mi", "memory: 64Mi");
  }

  /** The languages in which there is an operator: all, but for Go where it cannot be built. */
  static List<String> languages() throws IOException {
    if (GoModules.canBeBuilt()) {
      GoModules.build("ring-operator");
    }
    try (Stream<Path> folders = Files.list(Repository.file("examples/ring-operator"))) {
      return folders
          .map(folder -> folder.getFileName().toString())
          .filter(language -> Files.exists(module(language)))
          .sorted()
          .toList();
    }
  }

  static Path module(String language) {
    return Repository.file("examples/ring-operator/" + language + "/ring-operator.wasm");
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
