package io.hiberlet.agent.cli;

import io.hiberlet.agent.config.AgentConfig;

/** Runs the agent until it is told to stop. */
@FunctionalInterface
public interface AgentRunner {

  /**
   * Runs it.
   *
   * @return the exit code of the process
   * @throws Exception when it cannot go on; the message is what the user gets to see
   */
  int run(AgentConfig config) throws Exception;
}
