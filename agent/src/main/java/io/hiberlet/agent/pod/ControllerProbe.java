package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ProbeSpec;
import io.hiberlet.agent.hostio.ExecCommand;
import io.hiberlet.agent.hostio.ExecOutput;
import io.hiberlet.agent.hostio.ExecRefusedException;
import io.hiberlet.agent.hostio.GuestExec;
import io.hiberlet.agent.probe.ProbeResult;
import io.hiberlet.agent.probe.Prober;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the probes of one controller: asks the guest, or, with the agent's own command, only
 * whether the controller answers, which it does not while its guest is busy. A virtual thread waits
 * for each. Thread-safe.
 */
final class ControllerProbe implements Prober.Target {
  private static final String AGENT = "hiberlet";

  /** As much as the kubelet keeps of what a probe says. */
  private static final int MOST_OUTPUT_BYTES = 10 << 10;

  private final Controller controller;

  ControllerProbe(Controller controller) {
    this.controller = controller;
  }

  @Override
  public CompletionStage<ProbeResult> probe(ProbeSpec spec) {
    CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("probe")
        .start(
            () -> {
              try {
                result.complete(await(spec));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                result.complete(ProbeResult.unknown("interrupted"));
              } catch (RuntimeException e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }

  private ProbeResult await(ProbeSpec spec) throws InterruptedException {
    long end = System.nanoTime() + spec.timeout().toNanos();
    try {
      if (spec.command().getFirst().equals(AGENT)) {
        get(controller.status().toCompletableFuture(), end);
        return ProbeResult.SUCCESS;
      }
      return askGuest(spec, end);
    } catch (TimeoutException e) {
      return ProbeResult.failure(
          "command timed out: \"%s\" timed out after %ds"
              .formatted(String.join(" ", spec.command()), spec.timeout().toSeconds()));
    } catch (ExecutionException e) {
      return e.getCause() instanceof NoExecHandlerException
          ? ProbeResult.failure("the controller has no exec handler")
          : ProbeResult.error(reason(e.getCause()));
    }
  }

  private static String reason(@Nullable Throwable failure) {
    return failure instanceof ExecRefusedException refused
        ? String.valueOf(refused.getMessage())
        : String.valueOf(failure);
  }

  private ProbeResult askGuest(ProbeSpec spec, long end)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<Optional<GuestExec>> begun =
        controller
            .execAwake(new ExecCommand(spec.command(), false, false, true))
            .toCompletableFuture();
    try {
      Optional<GuestExec> exec = get(begun, end);
      return exec.isEmpty() ? ProbeResult.unknown("asleep") : hear(exec.get(), end);
    } catch (TimeoutException | InterruptedException e) {
      var _ = begun.thenAccept(late -> late.ifPresent(GuestExec::close));
      throw e;
    }
  }

  private static ProbeResult hear(GuestExec exec, long end)
      throws InterruptedException, TimeoutException {
    var said = new ByteArrayOutputStream();
    try (exec) {
      while (true) {
        @Nullable ExecOutput next = exec.take(Duration.ofNanos(end - System.nanoTime()));
        if (next == null) {
          throw new TimeoutException();
        }
        switch (next) {
          case ExecOutput.Bytes piece -> {
            int room = MOST_OUTPUT_BYTES - said.size();
            said.write(piece.bytes(), 0, Math.min(room, piece.bytes().length));
            exec.written(piece);
          }
          case ExecOutput.Exited(int code) -> {
            return code == 0
                ? ProbeResult.SUCCESS
                : ProbeResult.failure(said.toString(StandardCharsets.UTF_8));
          }
          case ExecOutput.Broken(String why) -> {
            return ProbeResult.error(why);
          }
        }
      }
    }
  }

  private static <T> T get(CompletableFuture<T> answer, long end)
      throws InterruptedException, ExecutionException, TimeoutException {
    return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
  }
}
