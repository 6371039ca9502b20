package io.hiberlet.agent.module;

import java.io.IOException;
import java.util.Map;

/** Reads single ConfigMaps as the node. Blocks for as long as one request may take. */
@FunctionalInterface
public interface ConfigMapReader {

  /**
   * Asks the API server for one ConfigMap.
   *
   * @throws IOException when the API server did not answer, or with an error that may pass
   */
  Answer read(String namespace, String name) throws IOException;

  /** What the API server says. */
  sealed interface Answer {}

  /**
   * There it is.
   *
   * @param binaryData empty when it has none
   */
  record Found(Map<String, byte[]> binaryData) implements Answer {}

  /** There is no such ConfigMap. */
  record Missing() implements Answer {}

  /**
   * The node may not read it: before the API server has seen the pod that names it, for example.
   */
  record Forbidden(String message) implements Answer {}
}
