package io.hiberlet.agent.admission;

import io.hiberlet.node.object.ObjectName;
import java.util.Map;

/** Where files of a volume come from. Paths are relative to the volume, and have been checked. */
public sealed interface VolumeSource {

  /**
   * Keys of an object.
   *
   * @param items keys by the paths of their files; empty when every key is a file of its name
   * @param optional whether the object, and the keys that are named, may be missing
   */
  record Keys(ObjectName object, Map<String, String> items, boolean optional)
      implements VolumeSource {
    public Keys {
      items = Map.copyOf(items);
    }
  }

  /**
   * A token of the pod's service account, which dies with the pod.
   *
   * @param audience empty for the API server
   * @param lifeSeconds that are wished for
   */
  record Token(String path, String serviceAccount, String audience, long lifeSeconds)
      implements VolumeSource {}

  /** A field of the pod, as it stands when the pod is read. */
  record Field(String path, String value) implements VolumeSource {}
}
