package io.hiberlet.agent.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out why a service is told to stop: because the whole machine goes down, or for itself
 * alone. Only systemd knows; without it, no machine goes down. Thread-safe.
 */
public final class Machine {
  private static final Logger log = LoggerFactory.getLogger(Machine.class);

  /** Between the first job of a shutdown and the end, whichever way the machine goes down. */
  private static final String STOPPING = "stopping";

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int MOST_BYTES = 100;

  private final List<String> question;

  Machine(List<String> question) {
    this.question = question;
  }

  /** The machine that systemd runs. */
  public static Machine ofSystemd() {
    return new Machine(List.of("systemctl", "is-system-running"));
  }

  /** Whether it goes down; asks for a few seconds at most. */
  public boolean isGoingDown() throws InterruptedException {
    try {
      Process process = new ProcessBuilder(question).redirectErrorStream(true).start();
      try {
        process.getOutputStream().close();
        return process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            && STOPPING.equals(answer(process));
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) { // there is no systemd
      log.atDebug().setCause(e).log("Nobody says whether the machine goes down");
      return false;
    }
  }

  private static String answer(Process process) throws IOException {
    byte[] text = process.getInputStream().readNBytes(MOST_BYTES);
    return new String(text, StandardCharsets.UTF_8).strip();
  }
}
