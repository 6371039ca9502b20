package io.hiberlet.agent.cli;

import io.hiberlet.agent.config.ConfigException;
import io.hiberlet.agent.config.Host;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code hiberlet}. Exit codes: 0 all went well, 1 it could not go on, 2 the command
 * line or the configuration is wrong. An error is one line on the standard error.
 */
@Command(
    name = "hiberlet",
    description = "A kubelet for Wasm controllers that sleep on disk until there is work.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Try 'hiberlet COMMAND --help'."})
public final class CommandLineInterface implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(CommandLineInterface.class);

  @Spec private @Nullable CommandSpec spec;

  private CommandLineInterface() {}

  /**
   * Does what the arguments say, and returns the exit code.
   *
   * @param runner is called for {@code hiberlet agent}
   * @param controllers for {@code hiberlet run}
   */
  public static int execute(
      String[] arguments,
      AgentRunner runner,
      ControllerRunner controllers,
      Host host,
      PrintWriter out,
      PrintWriter err) {
    return new CommandLine(new CommandLineInterface())
        .addSubcommand(new AgentCommand(runner, host))
        .addSubcommand(new BuildCommand(host))
        .addSubcommand(new RunCommand(controllers, host))
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(CommandLineInterface::usageError)
        .setExecutionExceptionHandler(CommandLineInterface::failure)
        .execute(arguments);
  }

  @Override
  public void run() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    throw new ParameterException(command, "Missing command");
  }

  private static int usageError(ParameterException error, String[] arguments) {
    CommandLine command = error.getCommandLine();
    command
        .getErr()
        .printf(
            "hiberlet: %s%s. Try '%s --help'.%n",
            oneLine(error), suggestion(error), command.getCommandSpec().qualifiedName());
    return CommandLine.ExitCode.USAGE;
  }

  private static String suggestion(ParameterException error) {
    return error instanceof UnmatchedArgumentException unmatched
            && !unmatched.getSuggestions().isEmpty()
        ? " (did you mean %s?)".formatted(unmatched.getSuggestions().getFirst())
        : "";
  }

  private static int failure(Exception error, CommandLine command, CommandLine.ParseResult parsed) {
    log.atDebug().setCause(error).log("failed");
    command.getErr().printf("hiberlet: %s%n", oneLine(error));
    return error instanceof ConfigException
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  private static String oneLine(Exception error) {
    String message = error.getMessage();
    return message == null || message.isBlank()
        ? error.getClass().getSimpleName()
        : message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
