package io.hiberlet.agent.pod;

import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.pod.AgentCommand.NamedController;
import io.hiberlet.node.ContainerAccess;
import io.hiberlet.node.ContainerRef;
import io.hiberlet.node.ExecRequest;
import io.hiberlet.node.ExecStreams;
import io.hiberlet.node.LogRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Answers {@code kubectl logs}, {@code exec} and {@code attach}. Thread-safe; calls block. */
public final class PodAccess implements ContainerAccess {
  /** The first word of what the agent answers itself. */
  private static final String AGENT = "hiberlet";

  /** As a shell says "command invoked cannot execute". */
  private static final int CANNOT_EXECUTE = 126;

  /** As a shell says "command not found". */
  private static final int NOT_FOUND = 127;

  private final PodAgent pods;
  private final ContainerLogs logs;
  private final GuestCommands guests = new GuestCommands();
  private final AgentCommands commands = new AgentCommands();

  public PodAccess(PodAgent pods, ContainerLogs logs) {
    this.pods = pods;
    this.logs = logs;
  }

  @Override
  public void logs(LogRequest request, OutputStream to)
      throws NoSuchContainerException, IOException, InterruptedException {
    PodRunner pod = find(request.namespace(), request.pod(), request.uid(), request.container());
    String container = request.container();
    logs.copy(
        new ControllerId(pod.pod().key().uid(), container),
        request,
        () -> pod.mayBeginAgain(container),
        to);
  }

  @Override
  public int exec(ExecRequest request, ExecStreams streams)
      throws NoSuchContainerException, IOException, InterruptedException {
    PodRunner pod = find(request.namespace(), request.pod(), request.uid(), request.container());
    Answer answer = Answer.to(streams, request.tty());
    List<String> words = request.command();
    if (!words.getFirst().equals(AGENT)) {
      return askGuest(pod, request, streams, answer);
    }
    String word = words.size() < 2 ? "help" : words.get(1);
    Optional<AgentCommand> command = commands.find(word);
    if (command.isPresent()) {
      return answer(command.get(), pod, request.container(), answer);
    } else if (List.of("help", "--help", "-h").contains(word)) {
      answer.out().print(commands.help());
      return 0;
    }
    answer.err().printf("hiberlet: unknown command \"%s\"%n%s", word, commands.help());
    return NOT_FOUND;
  }

  private static int answer(AgentCommand command, PodRunner pod, String container, Answer answer)
      throws IOException, InterruptedException {
    String name = pod.pod().key() + "/" + container;
    try {
      Optional<Controller> controller = AgentCommands.await(pod.controller(container));
      if (controller.isEmpty()) {
        answer.err().printf("%s does not run now%n", name);
        return 1;
      }
      return command.action().run(new NamedController(name, controller.get()), answer);
    } catch (TimeoutException e) {
      answer.err().printf("%s is busy; it did not answer in time%n", name);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      answer.err().printf("%s: %s%n", name, cause.getMessage());
    }
    return 1;
  }

  private int askGuest(PodRunner pod, ExecRequest request, ExecStreams streams, Answer answer)
      throws NoSuchContainerException, IOException, InterruptedException {
    String container = request.container();
    try {
      Optional<Controller> controller = AgentCommands.await(pod.controller(container));
      if (controller.isEmpty()) {
        throw new NoSuchContainerException("container %s does not run now".formatted(container));
      }
      return guests.run(controller.get(), request, streams);
    } catch (NoExecHandlerException e) {
      answer
          .err()
          .printf("exec: controller %s has no exec handler; try: hiberlet help%n", container);
      if (request.command().getFirst().equals("tar")) {
        answer.err().println("kubectl cp is not supported on this node: it needs a tar to run");
      }
      return CANNOT_EXECUTE;
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("the pod is busy; it did not answer in time", e);
    }
  }

  @Override
  public void attach(ContainerRef container, boolean tty, ExecStreams streams)
      throws NoSuchContainerException, IOException, InterruptedException {
    PodRunner pod =
        find(container.namespace(), container.pod(), container.uid(), container.container());
    ControllerId id = new ControllerId(pod.pod().key().uid(), container.container());
    if (tty) {
      OutputStream terminal = Answer.ofTerminal(streams.stdout());
      logs.follow(id, terminal, terminal);
    } else {
      logs.follow(id, streams.stdout(), streams.stderr());
    }
  }

  @Override
  public String checkpoint(ContainerRef container)
      throws NoSuchContainerException, IOException, InterruptedException {
    PodRunner pod =
        find(container.namespace(), container.pod(), container.uid(), container.container());
    try {
      Controller controller =
          AgentCommands.await(pod.controller(container.container()))
              .orElseThrow(() -> new IOException("the container does not run now"));
      ControllerStatus status = AgentCommands.await(controller.snapshot());
      if (!status.hasState()) {
        throw new IOException("the container has not begun to run yet");
      }
      return new ControllerId(pod.pod().key().uid(), container.container()).toString();
    } catch (TimeoutException e) {
      throw new IOException("the container is busy; it did not answer in time", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
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
