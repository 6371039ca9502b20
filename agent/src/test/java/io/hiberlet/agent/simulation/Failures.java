package io.hiberlet.agent.simulation;

import java.io.PrintWriter;
import java.io.StringWriter;

/** How a failure is told in the story of a run. */
final class Failures {
  private Failures() {}

  static String describe(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
