package io.hiberlet.node.client;

import java.nio.file.Path;

/** A kubeconfig that cannot be used; the message names the file and what is wrong with it. */
public final class KubeconfigException extends Exception {
  private static final long serialVersionUID = 1L;

  KubeconfigException(Path file, String problem) {
    super("kubeconfig " + file + ": " + problem);
  }

  public KubeconfigException(Path file, String problem, Throwable cause) {
    super("kubeconfig " + file + ": " + problem, cause);
  }
}
