package io.hiberlet.agent;

import io.hiberlet.agent.module.PullSecretReader;
import io.hiberlet.node.client.ResourceException;
import io.hiberlet.node.client.ResourceException.Reason;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObject;
import io.hiberlet.node.object.PodObjects;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Reads image pull secrets as the node. Thread-safe; blocks. */
final class NodePullSecrets implements PullSecretReader {
  private final PodObjects objects;

  NodePullSecrets(PodObjects objects) {
    this.objects = objects;
  }

  @Override
  public Optional<Map<String, byte[]>> read(String namespace, String name) throws IOException {
    try {
      return objects.read(ObjectName.secret(namespace, name)).map(PodObject::data);
    } catch (ResourceException e) {
      if (e.reason() == Reason.FORBIDDEN) {
        return Optional.empty();
      }
      throw new IOException(e.getMessage(), e);
    }
  }
}
