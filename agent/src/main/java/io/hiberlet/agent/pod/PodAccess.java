package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.node.ContainerAccess;
import io.hiberlet.node.ExecRequest;
import io.hiberlet.node.ExecStreams;
import io.hiberlet.node.LogRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Answers {@code kubectl logs} and {@code kubectl exec}. Thread-safe; calls block. */
public final class PodAccess implements ContainerAccess {
  private static final int ANSWER_SECONDS = 10;

  /** As a shell says "command invoked cannot execute". */
  private static final int CANNOT_EXECUTE = 126;

  /** As a shell says "command not found". */
  private static final int NOT_FOUND = 127;

  private static final String HELP =
      """
      hiberlet status   what the controller does, holds and waits for
      hiberlet help     this text
      """;

  private final PodAgent pods;
  private final ContainerLogs logs;
  private final GuestCommands guests = new GuestCommands();

  public PodAccess(PodAgent pods, ContainerLogs logs) {
    this.pods = pods;
    this.logs = logs;
  }

  @Override
  public void logs(LogRequest request, OutputStream to)
      throws NoSuchContainerException, IOException, InterruptedException {
    PodSpec pod =
        find(request.namespace(), request.pod(), request.uid(), request.container()).pod();
    logs.copy(new ControllerId(pod.key().uid(), request.container()), request, to);
  }

  @Override
  public int exec(ExecRequest request, ExecStreams streams)
      throws NoSuchContainerException, IOException, InterruptedException {
    PodRunner pod = find(request.namespace(), request.pod(), request.uid(), request.container());
    PrintStream out = new PrintStream(streams.stdout(), true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(streams.stderr(), true, StandardCharsets.UTF_8);
    List<String> command = request.command();
    if (!command.getFirst().equals("hiberlet")) {
      return runInGuest(pod, request, streams, err);
    }
    String word = command.size() < 2 ? "help" : command.get(1);
    return switch (word) {
      case "status" -> status(pod, request.container(), out, err);
      case "help", "--help", "-h" -> {
        out.print(HELP);
        yield 0;
      }
      default -> {
        err.printf("hiberlet: unknown command \"%s\"%n%s", word, HELP);
        yield NOT_FOUND;
      }
    };
  }

  private int runInGuest(PodRunner pod, ExecRequest request, ExecStreams streams, PrintStream err)
      throws NoSuchContainerException, IOException, InterruptedException {
    String container = request.container();
    try {
      Controller controller =
          await(pod.controller(container))
              .orElseThrow(
                  () ->
                      new NoSuchContainerException(
                          "container %s does not run now".formatted(container)));
      return guests.run(controller, request, streams);
    } catch (NoExecHandlerException e) {
      err.printf("exec: controller %s has no exec handler; try: hiberlet help%n", container);
      return CANNOT_EXECUTE;
    } catch (TimeoutException e) {
      throw new IOException(
          "the pod is busy; it did not answer within " + ANSWER_SECONDS + " s", e);
    }
  }

  private static int status(PodRunner pod, String container, PrintStream out, PrintStream err)
      throws InterruptedException {
    String name = pod.pod().key() + "/" + container;
    try {
      Optional<Controller> controller = await(pod.controller(container));
      if (controller.isEmpty()) {
        err.printf("%s does not run now%n", name);
        return 1;
      }
      out.print(StatusText.of(name, await(controller.get().status())));
      return 0;
    } catch (TimeoutException e) {
      err.printf("%s is busy; it did not answer within %d s%n", name, ANSWER_SECONDS);
      return 1;
    }
  }

  private static <T> T await(CompletionStage<T> answer)
      throws InterruptedException, TimeoutException {
    try {
      return answer.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a status query cannot fail", e);
    }
  }

  private PodRunner find(String namespace, String name, @Nullable String uid, String container)
      throws NoSuchContainerException {
    PodRunner pod =
        pods.find(namespace, name, uid)
            .orElseThrow(
                () ->
                    new NoSuchContainerException(
                        "pod \"%s/%s\" does not run on this node".formatted(namespace, name)));
    boolean known =
        pod.pod().controllers().stream().anyMatch(spec -> spec.container().equals(container));
    if (!known) {
      throw new NoSuchContainerException(
          "container %s is not valid for pod %s".formatted(container, name));
    }
    return pod;
  }
}
