package io.hiberlet.agent;

import io.hiberlet.agent.module.ConfigMapReader;
import io.hiberlet.node.client.PodResources;
import io.hiberlet.node.client.ResourceException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Reads ConfigMaps as the node. Thread-safe; blocks. */
final class NodeConfigMaps implements ConfigMapReader {
  private final PodResources resources;

  NodeConfigMaps(PodResources resources) {
    this.resources = resources;
  }

  @Override
  public Answer read(String namespace, String name) throws IOException {
    try {
      Optional<Map<String, byte[]>> contents = resources.configMap(namespace, name);
      return contents.isPresent() ? new Found(contents.get()) : new Missing();
    } catch (ResourceException e) {
      return switch (e.reason()) {
        case NOT_FOUND -> new Missing();
        case FORBIDDEN -> new Forbidden(String.valueOf(e.getMessage()));
        case UNAVAILABLE -> throw new IOException(e.getMessage(), e);
      };
    }
  }
}
