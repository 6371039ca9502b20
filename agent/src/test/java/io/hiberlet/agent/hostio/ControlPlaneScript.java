package io.hiberlet.agent.hostio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A real control plane for one test class: the one of the kubeconfig that the system property
 * {@code hiberlet.test.kubeconfig} names, else one that the script beside the repository starts.
 *
 * @param directory of the one that was started, null when it is somebody else's
 */
record ControlPlaneScript(@Nullable Path directory, Path adminKubeconfig) {

  static ControlPlaneScript up() throws IOException, InterruptedException {
    String given = System.getProperty("hiberlet.test.kubeconfig");
    if (given != null) {
      return new ControlPlaneScript(null, Path.of(given));
    }
    Path directory = Files.createTempDirectory("hostio-control-plane");
    run("up", directory);
    return new ControlPlaneScript(directory, directory.resolve("admin.kubeconfig"));
  }

  void down() throws IOException, InterruptedException {
    if (directory != null) {
      run("down", directory);
    }
  }

  private static void run(String command, Path directory) throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("hiberlet.root"));
    Path script = root.resolveSibling("shared/control-plane/control-plane");
    int code =
        new ProcessBuilder(script.toString(), command, directory.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(directory.resolve("script.log").toFile())
            .start()
            .waitFor();
    if (code != 0) {
      throw new IllegalStateException(
          "the control plane did not come " + command + ": see " + directory.resolve("script.log"));
    }
  }
}
