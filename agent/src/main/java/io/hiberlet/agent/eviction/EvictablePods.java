package io.hiberlet.agent.eviction;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.Shortage.Resource;
import java.util.List;

/**
 * The pods of this node as an {@link Eviction} sees them. Calls block, and come from one thread.
 */
public interface EvictablePods {

  /** Frees what can be had of a resource without ending a pod. */
  void relieve(Resource resource);

  /** What the pods hold that run, once what could be had otherwise is free. */
  List<PodUsage> usages(Resource resource);

  /** Ends a pod for good; returns when what it held is free, or when that takes too long. */
  void evict(PodKey pod, String message);
}
