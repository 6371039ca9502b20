package io.hiberlet.e2e;

import java.io.IOException;
import java.nio.file.Files;

/**
 * Pods of small guests, on one node. What a container runs is said by its name: {@code echo} and
 * {@code other} an idle controller that carries out commands, {@code terminal} one that does so on
 * a terminal, {@code command} a WASI command that may fail in many ways, {@code chatter} one that
 * prints 16 MiB, and all others an errand, a WASI command that prints its first argument and exits
 * with its second one.
 */
record GuestPods(NodeUnderTest node) {
  /** Another controller. */
  static final String SLEEPER = "file:sleeper.wasm";

  private static final String TESTED = "agent/src/test/resources/wasm/";
  private static final String ANNOTATIONS =
      """
      {hiberlet.io/controller: v1, "hiberlet.io/module": "file:errand.wasm",\
       "module.hiberlet.io/echo": "file:echo.wasm", "module.hiberlet.io/other": "file:echo.wasm",\
       "module.hiberlet.io/command": "file:command.wasm",\
       "module.hiberlet.io/terminal": "file:terminal.wasm",\
       "module.hiberlet.io/chatter": "file:chatter.wasm"}\
      """;

  /** Brings the modules to the node. */
  void install() throws IOException {
    copy(TESTED + "errand.wasm", "errand.wasm");
    copy(TESTED + "echo.wasm", "echo.wasm");
    copy(TESTED + "command.wasm", "command.wasm");
    copy(TESTED + "terminal.wasm", "terminal.wasm");
    copy(TESTED + "chatter.wasm", "chatter.wasm");
    copy(Workloads.SLEEPER, "sleeper.wasm");
  }

  private void copy(String from, String to) throws IOException {
    Files.copy(Repository.file(from), node.modules().resolve(to));
  }

  /**
   * A pod.
   *
   * @param spec what of it is its own
   */
  String pod(String name, String spec) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %s
      namespace: default
      annotations: %s
    spec:
      nodeName: %s
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
    """
            .formatted(name, ANNOTATIONS, node.name())
        + spec.indent(2);
  }

  /** A Job of one errand, which is not tried again. */
  String job(String name, String word, int code) {
    return """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: %s, namespace: default}
    spec:
      backoffLimit: 0
      template:
        metadata: {annotations: %s}
        spec:
          nodeName: %s
          restartPolicy: Never
          automountServiceAccountToken: false
          containers: [{name: errand, image: x, args: [%s, "%d"]}]
    """
        .formatted(name, ANNOTATIONS, node.name(), word, code);
  }
}
