package io.hiberlet.node;

import java.util.List;

/**
 * An image on this node, as the Node object's status lists it.
 *
 * @param names by digest first, then by its tags
 * @param bytes of its module
 */
public record NodeImage(List<String> names, long bytes) {
  public NodeImage {
    names = List.copyOf(names);
  }
}
