package io.hiberlet.node;

import java.util.List;

/** The images on this node, which the scheduler's ImageLocality likes to know. Thread-safe. */
@FunctionalInterface
public interface NodeImages {

  /** All of them, in any order; asked for every ten seconds, so it must not block. */
  List<NodeImage> list();
}
