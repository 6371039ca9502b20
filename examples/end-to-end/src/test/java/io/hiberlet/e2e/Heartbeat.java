package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;

import java.time.Duration;

/** The example program that waits in the middle of its code. */
final class Heartbeat {
  private static final String FOLDER = "examples/heartbeat/";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String COUNT =
      "jsonpath={.metadata.annotations.heartbeat\\.hiberlet\\.io/count}";

  private Heartbeat() {}

  /** Starts one that beats every three seconds, and sleeps after one. */
  static void start(Kubectl kubectl) {
    String manifest = Repository.read(FOLDER + "manifest/heartbeat.yaml");
    kubectl.apply(manifest.replace("value: \"60\"", "value: \"3\""));
    kubectl.get(
        "create",
        "configmap",
        "-n",
        "heartbeat",
        "module",
        "--from-file=" + Repository.file(FOLDER + "heartbeat.wasm"));
  }

  /** How many times it has beaten since it began. */
  static int beats(Kubectl kubectl) {
    String count = kubectl.get("get", "configmap", "-n", "heartbeat", "heartbeat", "-o", COUNT);
    return count.isEmpty() ? 0 : Integer.parseInt(count);
  }

  /** Waits until it was on disk. */
  static void awaitSleep(Kubectl kubectl) {
    kubectl.get(
        "wait",
        "--for=condition=hiberlet.io/Hibernated",
        "-n",
        "heartbeat",
        "pod/heartbeat",
        "--timeout=120s");
  }

  static void awaitMoreThan(Kubectl kubectl, int beats) {
    await("more than %d heartbeats".formatted(beats))
        .atMost(PATIENCE)
        .until(() -> beats(kubectl) > beats);
  }

  static void remove(Kubectl kubectl) {
    kubectl.run(
        "delete",
        "--ignore-not-found",
        "--wait=false",
        "-f",
        Repository.file(FOLDER + "manifest/heartbeat.yaml").toString());
  }
}
