package io.hiberlet.agent.module;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Reads single Secrets as the node. Blocks for as long as one request may take. */
@FunctionalInterface
public interface PullSecretReader {

  /**
   * Asks for one Secret.
   *
   * @return its data; empty when there is none, or the node may not read it
   * @throws IOException when the API server did not answer
   */
  Optional<Map<String, byte[]>> read(String namespace, String name) throws IOException;
}
