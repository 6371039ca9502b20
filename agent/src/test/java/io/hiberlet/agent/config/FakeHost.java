package io.hiberlet.agent.config;

import java.net.InetAddress;
import java.nio.file.Path;

/** A machine with two CPUs and 1 GiB, called {@code edge-1}, at 192.0.2.7. */
public final class FakeHost implements Host {
  private Path askedFor = Path.of("");

  @Override
  public String name() {
    return "edge-1";
  }

  @Override
  public InetAddress addressFor(Path kubeconfig) {
    askedFor = kubeconfig;
    return InetAddress.ofLiteral("192.0.2.7");
  }

  @Override
  public long cpuMillis() {
    return 2000;
  }

  @Override
  public long memoryBytes() {
    return 1L << 30;
  }

  /** The kubeconfig for whose server an address was wanted last. */
  Path askedFor() {
    return askedFor;
  }

  @Override
  public long heapBytes() {
    return 256 << 20;
  }
}
