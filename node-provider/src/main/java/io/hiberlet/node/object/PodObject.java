package io.hiberlet.node.object;

import java.util.Map;

/**
 * The contents of a ConfigMap or a Secret. The arrays are shared and must not be changed.
 *
 * @param data by key; a ConfigMap's text is in UTF-8
 * @param binaryData of a ConfigMap; a Secret has none
 * @param immutable whether it stays as it is until it is deleted
 */
public record PodObject(
    Map<String, byte[]> data, Map<String, byte[]> binaryData, boolean immutable) {

  public PodObject {
    data = Map.copyOf(data);
    binaryData = Map.copyOf(binaryData);
  }

  /** Without the values, which may be secrets. */
  @Override
  public String toString() {
    return "PodObject[data=%s, binaryData=%s]".formatted(data.keySet(), binaryData.keySet());
  }
}
