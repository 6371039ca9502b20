package io.hiberlet.agent.admission;

import io.hiberlet.node.object.ObjectName;

/**
 * Where one environment variable, or a number of them, comes from; what a ConfigMap or a Secret has
 * to say is read when the container starts.
 */
public sealed interface EnvSource {

  /**
   * A text in which {@code $(NAME)} stands for the value of a variable that comes before it.
   *
   * @param text as the pod has it
   */
  record Text(String name, String text) implements EnvSource {}

  /** A value that is what it is. */
  record Value(String name, String value) implements EnvSource {}

  /**
   * A key of an object.
   *
   * @param optional whether there is no such variable where there is no such key
   */
  record Key(String name, ObjectName object, String key, boolean optional) implements EnvSource {}

  /**
   * All keys of an object.
   *
   * @param prefix of the variables' names
   * @param optional whether the object may be missing
   */
  record AllKeys(ObjectName object, String prefix, boolean optional) implements EnvSource {}
}
