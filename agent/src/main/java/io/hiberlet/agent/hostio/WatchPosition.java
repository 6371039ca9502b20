package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.OperationsState.Watch;
import org.jspecify.annotations.Nullable;

/**
 * Up to where the lines of a watch have come. Versions are opaque and only ever compared for being
 * the same (Kubernetes API concepts, "Resource versions"). Guarded by the inbox.
 */
final class WatchPosition {
  private @Nullable String version;
  private boolean inInitialState;

  /**
   * @param version as in {@link Watch#resourceVersion}
   * @param beginsWithState see {@link WatchRequest#beginsWithState}
   */
  WatchPosition(@Nullable String version, boolean beginsWithState) {
    this.version = version;
    this.inInitialState = beginsWithState && version == null;
  }

  /** Null before the first line; {@link Watch#NO_POSITION} when there is nothing to go on from. */
  @Nullable String version() {
    return version;
  }

  boolean isLost() {
    return Watch.NO_POSITION.equals(version);
  }

  /** The position after one more line. */
  @Nullable String advance(WatchLine line) {
    if (line.isError()) {
      version = Watch.NO_POSITION;
    } else if (inInitialState && line.type().equals("ADDED")) {
      // The objects come in the order of their names: a later one may well have an older version.
      version = Watch.NO_POSITION;
    } else if (line.resourceVersion() != null) {
      inInitialState = false;
      version = line.resourceVersion();
    }
    return version;
  }
}
