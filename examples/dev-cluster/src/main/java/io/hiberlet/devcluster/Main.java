package io.hiberlet.devcluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The development cluster as a program of its own; it runs until it is killed. */
public final class Main {
  private static final String USAGE =
      """
      usage: dev-cluster --dir DIR [--port N]
        --dir DIR   where admin.kubeconfig, bootstrap.kubeconfig and pki/ are written
        --port N    the API server's port on 127.0.0.1 (default: any free one)
      """;

  private Main() {}

  /** Prints the admin kubeconfig's path when the cluster serves. Exit code 2 is a wrong use. */
  public static void main(String[] args) throws InterruptedException {
    DevClusterOptions options;
    try {
      options = parse(args);
    } catch (IllegalArgumentException e) {
      System.err.print("dev-cluster: " + e.getMessage() + "\n" + USAGE);
      System.exit(2);
      return;
    }
    try (DevCluster cluster = DevCluster.start(options)) {
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
      System.out.println(cluster.adminKubeconfig());
      new CountDownLatch(1).await();
    } catch (IOException e) {
      System.err.println("dev-cluster: " + e.getMessage());
      System.exit(1);
    }
  }

  static DevClusterOptions parse(String... args) {
    Deque<String> words = new ArrayDeque<>(List.of(args));
    Path directory = null;
    int port = 0;
    while (!words.isEmpty()) {
      String option = words.pop();
      if (words.isEmpty()) {
        throw new IllegalArgumentException(option + " needs a value, or is unknown");
      }
      switch (option) {
        case "--dir" -> directory = Path.of(words.pop());
        case "--port" -> port = port(words.pop());
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    if (directory == null) {
      throw new IllegalArgumentException("--dir is missing");
    }
    return DevClusterOptions.in(directory.toAbsolutePath()).withPort(port);
  }

  private static int port(String text) {
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65_535) {
      throw new IllegalArgumentException("--port takes a number up to 65535, not " + text);
    }
    return Integer.parseInt(text);
  }
}
