package io.hiberlet.devcluster.store;

import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * One committed write. The trees are shared: nobody may modify them.
 *
 * @param before null when it was created
 * @param after null when it was deleted
 * @param last the object as a watcher is to see it: {@code after}, or, when it was deleted, {@code
 *     before} with the deletion's resourceVersion
 */
public record Change(
    long revision,
    ObjectKey key,
    @Nullable JsonObject before,
    @Nullable JsonObject after,
    JsonObject last) {

  /** Whether the object is gone. */
  public boolean isDeletion() {
    return after == null;
  }
}
