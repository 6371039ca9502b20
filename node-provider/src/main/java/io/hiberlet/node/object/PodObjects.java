package io.hiberlet.node.object;

import io.hiberlet.node.client.ResourceException;
import java.util.Optional;

/**
 * Reads the ConfigMaps and Secrets that the pods of this node name, one by one: the Node authorizer
 * lets a node have no others, and no lists. Thread-safe.
 */
public interface PodObjects {

  /**
   * An object as it is, or, while somebody follows it, as the API server last told. Blocks for one
   * request at most.
   *
   * @return empty when there is none of that name
   */
  Optional<PodObject> read(ObjectName name) throws ResourceException;

  /**
   * Follows an object, be it there or not. All who follow the same one share one watch, which ends
   * with the last of them. Never blocks, and needs no API server: what changed while that was away
   * is told when it is back.
   *
   * @param changed called when the object is there at first, appears, changes or goes; on any
   *     thread, must not block
   */
  Following follow(ObjectName name, Runnable changed);

  /** One who follows an object. */
  interface Following extends AutoCloseable {

    /** Ends it; never blocks. A call that is under way may still be heard. Idempotent. */
    @Override
    void close();
  }
}
