package io.hiberlet.e2e;

/**
 * One of the examples, by the name of its folder, which is also that of its namespace, its module
 * and its pod.
 */
record Example(String name) {

  /** What its README says to do, with the example's own module. */
  void install(Kubectl kubectl) {
    prepare(kubectl);
    kubectl.apply(manifest(name));
  }

  /** Namespace and module. */
  void prepare(Kubectl kubectl) {
    kubectl.get("apply", "-f", Repository.file("examples/runtimeclass.yaml").toString());
    kubectl.apply(manifest("namespace"));
    kubectl.run(
        "create",
        "configmap",
        "-n",
        name,
        name,
        "--from-file=" + Repository.file("examples/%s/%s.wasm".formatted(name, name)));
  }

  /** One of its manifests. */
  String manifest(String file) {
    return Repository.read("examples/%s/manifest/%s.yaml".formatted(name, file));
  }

  void awaitSleep(Kubectl kubectl) {
    kubectl.get(
        "wait",
        "--for=condition=hiberlet.io/Hibernated",
        "-n",
        name,
        "pod/" + name,
        "--timeout=120s");
  }

  void remove(Kubectl kubectl) {
    kubectl.run("delete", "pod", "-n", name, "--all", "--timeout=60s");
  }
}
