package io.hiberlet.agent.config;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;

/** The machine that this process runs on. */
public final class LocalHost implements Host {

  private static final int HTTPS_PORT = 443;
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  /** The kernel's, as the JDK would ask the DNS, which need not know this machine. */
  @Override
  public String name() throws ConfigException {
    try {
      String name = Files.readString(HOST_NAME).strip().toLowerCase(Locale.ROOT);
      return NodeSection.nodeName(name);
    } catch (IllegalArgumentException | IOException e) {
      throw new ConfigException(
          "cannot name the node after this machine (%s); give --node-name"
              .formatted(e.getMessage()),
          e);
    }
  }

  /**
   * The address that the kernel would send from to reach the API server; nothing is sent. When that
   * is a loopback address, the first one of another interface, IPv4 before IPv6, as that is what a
   * cluster can use.
   */
  @Override
  public InetAddress addressFor(Path kubeconfig) throws ConfigException {
    URI server = KubeconfigServer.of(kubeconfig);
    try (DatagramSocket probe = new DatagramSocket()) {
      int port = server.getPort() > 0 ? server.getPort() : HTTPS_PORT;
      probe.connect(new InetSocketAddress(InetAddress.getByName(server.getHost()), port));
      InetAddress address = probe.getLocalAddress();
      return withoutScope(address.isLoopbackAddress() ? firstOther(address) : address);
    } catch (IOException e) {
      throw new ConfigException(
          "cannot tell this node's address, as %s cannot be resolved or routed to (%s); give --node-ip"
              .formatted(server.getHost(), e.getMessage()),
          e);
    }
  }

  private static InetAddress firstOther(InetAddress loopback) throws IOException {
    return NetworkInterface.networkInterfaces()
        .filter(LocalHost::isUp)
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .min(Comparator.comparing(Inet6Address.class::isInstance))
        .orElse(loopback);
  }

  /** The name of a network interface in an address means nothing to another machine. */
  private static InetAddress withoutScope(InetAddress address) throws IOException {
    return InetAddress.getByAddress(address.getAddress());
  }

  private static boolean isUp(NetworkInterface networkInterface) {
    try {
      return networkInterface.isUp();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public long heapBytes() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public long cpuMillis() {
    return 1000L * Runtime.getRuntime().availableProcessors();
  }

  /** The machine's, or the container's that this process is in. */
  @Override
  public long memoryBytes() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }
}
