package io.hiberlet.agent.pod;

import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObjects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Follows the object for want of which a container does not start, so that it is tried again as
 * soon as that changes. Used by the pod's owner only; news is brought there.
 */
final class AwaitedObject {
  private final PodObjects objects;
  private final Executor owner;
  private final Runnable tryAgain;
  private @Nullable ObjectName name;
  private PodObjects.@Nullable Following following;

  /**
   * @param tryAgain to call after a change
   */
  AwaitedObject(PodObjects objects, Executor owner, Runnable tryAgain) {
    this.objects = objects;
    this.owner = owner;
    this.tryAgain = tryAgain;
  }

  /**
   * Waits for a change of this object, and of no other any more. One that is awaited already goes
   * on to be: following it anew would tell that it is there, and have it tried again for ever.
   */
  void await(@Nullable ObjectName awaited) {
    if (awaited != null && awaited.equals(name)) {
      return;
    }
    close();
    name = awaited;
    if (awaited != null) {
      following = objects.follow(awaited, () -> owner.execute(() -> changed(awaited)));
    }
  }

  private void changed(ObjectName changed) {
    if (changed.equals(name)) {
      tryAgain.run();
    }
  }

  /** Waits no longer. */
  void close() {
    if (following != null) {
      following.close();
      following = null;
    }
    name = null;
  }
}
