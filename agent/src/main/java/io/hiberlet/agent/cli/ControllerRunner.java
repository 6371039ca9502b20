package io.hiberlet.agent.cli;

import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.file.GuestMount;
import java.time.Duration;
import java.util.List;

/** Runs one controller on this machine until it ends or is told to stop. */
@FunctionalInterface
public interface ControllerRunner {

  /**
   * What is to be run, and how.
   *
   * @param wasm the module
   * @param node whose limits it is to have, and how the API server is reached
   * @param settings that its life begins with
   * @param mounts the files that it sees
   * @param memoryLimitBytes of linear memory
   * @param hibernates whether it is put to sleep whenever it has nothing to do
   * @param verbose whether each wake is told
   * @param grace what it has to come to its end when it is told to stop
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record LocalRun(
      byte[] wasm,
      AgentConfig node,
      GuestSettings settings,
      List<GuestMount> mounts,
      long memoryLimitBytes,
      boolean hibernates,
      boolean verbose,
      Duration grace) {
    public LocalRun {
      mounts = List.copyOf(mounts);
    }
  }

  /**
   * Runs it.
   *
   * @return the exit code of the process
   * @throws Exception when it cannot be run; the message is what the user gets to see
   */
  int run(LocalRun run) throws Exception;
}
