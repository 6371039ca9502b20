package io.hiberlet.agent.config;

import java.net.InetAddress;
import java.nio.file.Path;

/** What the machine itself knows, for what nobody told the agent. */
public interface Host {

  /** Its name, as a Node may have it. */
  String name() throws ConfigException;

  /** The address by which the API server that a kubeconfig names can reach it. */
  InetAddress addressFor(Path kubeconfig) throws ConfigException;

  /** Thousandths of CPUs, bytes of memory. */
  long cpuMillis();

  long memoryBytes();

  /** Bytes that the heap of this process may grow to. */
  long heapBytes();
}
