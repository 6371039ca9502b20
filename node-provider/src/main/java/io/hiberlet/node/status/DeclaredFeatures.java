package io.hiberlet.node.status;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * The new features of Kubernetes that the control plane must not expect of every node, but may of
 * this one (KEP-5328; the names are those of component-helpers' {@code nodedeclaredfeatures}). API
 * servers before 1.35 know no such field and drop it, and client-java's model has none; so it goes
 * along with every status, and is never looked for in what the API server has.
 */
final class DeclaredFeatures {
  private static final String FIELD = "declaredFeatures";

  /**
   * In alphabetical order, as the API demands.
   *
   * <ul>
   *   <li>{@code ExtendWebSocketsToKubelet}: {@code exec} speaks version 5 of the WebSocket
   *       protocol here, so that the API server need not translate it.
   * </ul>
   *
   * <p>The others that there are in 1.36 and 1.37 stand for fields of pods that are refused here.
   */
  private static final List<String> NAMES = List.of("ExtendWebSocketsToKubelet");

  private DeclaredFeatures() {}

  /** Adds them to a Node's status. */
  static void addTo(JsonObject status) {
    JsonArray names = new JsonArray();
    NAMES.forEach(names::add);
    status.add(FIELD, names);
  }

  /** The same status, as far as every API server keeps it. */
  static JsonObject without(JsonObject status) {
    JsonObject copy = status.deepCopy();
    copy.remove(FIELD);
    return copy;
  }
}
