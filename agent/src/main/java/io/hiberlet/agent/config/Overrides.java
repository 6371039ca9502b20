package io.hiberlet.agent.config;

import java.net.InetAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the command line says; null where it says nothing. It wins over the file. */
public record Overrides(
    @Nullable Path kubeconfig,
    @Nullable Path bootstrapKubeconfig,
    @Nullable String nodeName,
    @Nullable Path dataDir,
    @Nullable InetAddress nodeIp,
    @Nullable Integer port) {

  /** Leaves everything to the file. */
  public static final Overrides NONE = new Overrides(null, null, null, null, null, null);
}
