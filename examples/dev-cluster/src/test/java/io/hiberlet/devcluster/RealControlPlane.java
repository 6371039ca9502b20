package io.hiberlet.devcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real control plane (etcd, kube-apiserver, kube-controller-manager, kube-scheduler; no node) for
 * the tests tagged {@code cluster}. The {@link #shared} one is started at its first use; all are
 * stopped when the JVM ends. Its state, keys and logs stay below the module's {@code target}.
 *
 * <p>The programs are those of {@code KUBEBUILDER_ASSETS}, else those of the control plane beside
 * the repository; see {@code control-plane.sh}. Thread-safe.
 *
 * @param directory where its files are, {@code kube-apiserver.log} for example
 */
public record RealControlPlane(Path directory) {
  private static final long START_TIMEOUT_SECONDS = 300;

  private static @Nullable RealControlPlane shared;

  /**
   * The control plane of this JVM.
   *
   * @throws IllegalStateException when it does not start, with what the script said
   */
  public static synchronized RealControlPlane shared() {
    if (shared == null) {
      shared = start(Map.of());
    }
    return shared;
  }

  /** A kubeconfig of a member of system:masters. */
  public Path adminKubeconfig() {
    return directory.resolve("admin.kubeconfig");
  }

  /** A kubeconfig with a bootstrap token, as a node has it before its first certificate. */
  public Path bootstrapKubeconfig() {
    return directory.resolve("bootstrap.kubeconfig");
  }

  /** The cluster's CA, which signs client certificates and kubelets' serving certificates. */
  public Path caCertificate() {
    return directory.resolve("pki/ca.crt");
  }

  /** The private key of {@link #caCertificate()}. */
  public Path caKey() {
    return directory.resolve("pki/ca.key");
  }

  /** The CA of the certificate that the API server shows to kubelets. */
  public Path kubeletClientCaCertificate() {
    return directory.resolve("pki/kubelet-client-ca.crt");
  }

  /**
   * Another one, for tests that want it otherwise; it ends with the JVM, too.
   *
   * @param environment of {@code control-plane.sh}, such as API_SERVER_FLAGS
   * @throws IllegalStateException when it does not start, with what the script said
   */
  public static RealControlPlane start(Map<String, String> environment) {
    try {
      Path parent = Files.createDirectories(Path.of("target").toAbsolutePath());
      Path directory = Files.createTempDirectory(parent, "control-plane-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> run("down", directory, Map.of())));
      run("up", directory, environment);
      return new RealControlPlane(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Kills the API server, starts it again, without flags that it was given at first, and returns
   * when it serves.
   */
  public void restartApiServer() {
    run("restart-api-server", directory, Map.of());
  }

  private static void run(String command, Path directory, Map<String, String> environment) {
    Path script =
        Path.of(System.getProperty("hiberlet.root", "."), "examples/dev-cluster/control-plane.sh");
    Path output = directory.resolve("control-plane.log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(script.toString(), command, directory.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(START_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "the control plane took too long to go " + command + "; see " + directory);
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(Files.readString(output));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the control plane went " + command, e);
    }
  }
}
