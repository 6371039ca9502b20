package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.OperationInfo;
import io.hiberlet.agent.pod.AgentCommand.NamedController;
import io.hiberlet.agent.runtime.Guest;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the agent itself answers, word by word. Thread-safe; calls block. */
final class AgentCommands {
  private static final int ANSWER_SECONDS = 10;

  private final List<AgentCommand> commands =
      List.of(
          new AgentCommand(
              "status", "what the controller does, holds and waits for", AgentCommands::status),
          new AgentCommand("memory", "what it has in memory and on disk", AgentCommands::memory),
          new AgentCommand(
              "operations",
              "what it has asked for and not yet got",
              (controller, answer) -> operations(controller, answer, any -> true)),
          new AgentCommand(
              "watches",
              "those of its operations that are watches, and where they stand",
              (controller, answer) ->
                  operations(controller, answer, each -> each.kind().equals("watch"))),
          new AgentCommand(
              "probe", "whether it answers, as a probe of that name asks", AgentCommands::probe),
          new AgentCommand(
              "snapshot", "writes it to disk; it stays in memory", AgentCommands::snapshot),
          new AgentCommand(
              "suspend", "writes it to disk and out of memory", AgentCommands::suspend),
          new AgentCommand("resume", "brings it back into memory", AgentCommands::resume),
          new AgentCommand(
              "dump", "its linear memory, to the output (best into a file)", this::dump));

  /** A dump holds a second copy of a controller's memory. */
  private final Semaphore dumps = new Semaphore(1);

  Optional<AgentCommand> find(String word) {
    return commands.stream().filter(command -> command.word().equals(word)).findFirst();
  }

  String help() {
    return commands.stream()
            .map(command -> "hiberlet %-11s %s%n".formatted(command.word(), command.help()))
            .collect(Collectors.joining())
        + "hiberlet %-11s %s%n".formatted("help", "this text");
  }

  private static int status(NamedController asked, Answer answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    answer.out().print(StatusText.of(asked.name(), await(asked.controller().status())));
    return 0;
  }

  private static int memory(NamedController asked, Answer answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    answer.out().print(StatusText.memory(await(asked.controller().status())));
    return 0;
  }

  private static int operations(
      NamedController asked, Answer answer, Predicate<OperationInfo> wanted)
      throws InterruptedException, ExecutionException, TimeoutException {
    await(asked.controller().status()).operations().stream()
        .filter(wanted)
        .forEach(operation -> answer.out().println(StatusText.line(operation)));
    return 0;
  }

  private static int probe(NamedController asked, Answer answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    ControllerStatus status = await(asked.controller().status());
    answer.out().printf("healthy, %s%n", status.state().toLowerCase(Locale.ROOT));
    return 0;
  }

  private static int snapshot(NamedController asked, Answer answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    ControllerStatus status = await(asked.controller().snapshot());
    answer.out().printf("snapshot of %d bytes written%n", status.counters().snapshotBytes());
    return 0;
  }

  private static int suspend(NamedController asked, Answer answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    ControllerStatus status = await(asked.controller().hibernate());
    if (status.memoryBytes() > 0) {
      answer
          .err()
          .printf("%s is busy: it has events to take, or commands to carry out%n", asked.name());
      return 1;
    }
    answer.out().println("hibernated");
    return 0;
  }

  private static int resume(NamedController asked, Answer answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    ControllerStatus status = await(asked.controller().resume());
    answer
        .out()
        .printf("%s, %d bytes%n", status.state().toLowerCase(Locale.ROOT), status.memoryBytes());
    return 0;
  }

  private int dump(NamedController asked, Answer answer)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    if (!dumps.tryAcquire()) {
      answer.err().println("another dump is under way on this node; try again");
      return 1;
    }
    try (Guest copy = await(asked.controller().copy())) {
      copy.writeMemory(answer.bytes());
      return 0;
    } finally {
      dumps.release();
    }
  }

  /** Waits for an answer of a pod or a controller. */
  static <T> T await(CompletionStage<T> answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    return answer.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
  }
}
