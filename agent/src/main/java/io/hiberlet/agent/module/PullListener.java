package io.hiberlet.agent.module;

/** Takes the news of a pull, for the events of the pod that wants it. Must not block. */
public interface PullListener {

  /** Something that goes as it should. */
  void normal(String reason, String message);

  /** Something that a person should look at. */
  void warning(String reason, String message);
}
