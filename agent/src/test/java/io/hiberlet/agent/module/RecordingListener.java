package io.hiberlet.agent.module;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it is told. */
final class RecordingListener implements PullListener {
  final List<String> events = new CopyOnWriteArrayList<>();

  @Override
  public void normal(String reason, String message) {
    events.add(reason + ": " + message);
  }

  @Override
  public void warning(String reason, String message) {
    events.add("Warning " + reason + ": " + message);
  }
}
