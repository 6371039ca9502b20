package io.hiberlet.agent.pod;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * A word after {@code kubectl exec POD -- hiberlet} that the agent itself answers.
 *
 * @param help what it does, in a few words
 */
record AgentCommand(String word, String help, Action action) {

  /** Answers for a controller that runs; returns the exit code. May block. */
  @FunctionalInterface
  interface Action {
    int run(NamedController controller, Answer answer)
        throws IOException, InterruptedException, ExecutionException, TimeoutException;
  }

  /**
   * @param name of the pod and the container, for people
   */
  record NamedController(String name, Controller controller) {}
}
