package io.hiberlet.agent;

import io.hiberlet.agent.module.PullSecretReader;
import io.hiberlet.node.client.PodResources;
import io.hiberlet.node.client.ResourceException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Reads image pull secrets as the node. Thread-safe; blocks. */
final class NodePullSecrets implements PullSecretReader {
  private final PodResources resources;

  NodePullSecrets(PodResources resources) {
    this.resources = resources;
  }

  @Override
  public Optional<Map<String, byte[]>> read(String namespace, String name) throws IOException {
    try {
      return resources.secret(namespace, name);
    } catch (ResourceException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
