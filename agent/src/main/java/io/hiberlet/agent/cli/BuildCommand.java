package io.hiberlet.agent.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.config.Host;
import io.hiberlet.agent.module.compiler.CompilerFailedException;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.module.registry.RegistryPush;
import io.hiberlet.agent.packaging.ImageLayout;
import io.hiberlet.agent.packaging.ModuleReport;
import io.hiberlet.agent.packaging.ModuleRules;
import io.hiberlet.agent.packaging.ReportJson;
import io.hiberlet.agent.packaging.ReportText;
import io.hiberlet.agent.packaging.ScratchFolder;
import io.hiberlet.agent.packaging.WasmArtifact;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hiberlet build}: checks, measures, packs and pushes a module. */
@Command(
    name = "build",
    description = "Checks a Wasm module as a node does, tells what it costs, packs and pushes it.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "The module is compiled as a node compiles it. A controller is then tried: its first wake"
          + " runs with nobody to answer, and it is put to sleep and brought back. Nothing that it"
          + " asks for is sent anywhere.",
      "Exit codes: 0 all went well, 1 refused or failed, 2 wrong options."
    })
final class BuildCommand implements Callable<Integer> {
  private final Host host;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private final ModuleOptions module = new ModuleOptions();

  @Option(
      names = "--push",
      paramLabel = "REF",
      description =
          "Pushes it as an OCI Wasm artifact: REGISTRY/REPOSITORY[:TAG]. May be repeated.",
      converter = PushTarget.class)
  private final List<ImageName> targets = new ArrayList<>();

  @ArgGroup(validate = false, heading = "How registries are reached:%n")
  private final RegistryOptions registries = new RegistryOptions();

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      description = "Writes the artifact to an empty folder, as an OCI image layout.")
  private @Nullable Path output;

  @Option(names = "--json", description = "Prints one JSON object instead of text.")
  private boolean json;

  BuildCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() throws Exception {
    byte[] wasm = module.read(commandSpec());
    AgentConfig config = module.nodeConfig(host);
    ModuleReport report = examine(wasm, config);
    PrintWriter out = commandSpec().commandLine().getOut();
    if (!json) {
      ReportText.lines(report).forEach(out::println);
      out.flush(); // a push may take a while
    }
    RegistryPush.Content image = WasmArtifact.of(wasm);
    if (output != null) {
      ImageLayout.write(output, image);
    }
    List<String> references = push(image);
    print(out, report, image, references);
    return 0;
  }

  private ModuleReport examine(byte[] wasm, AgentConfig config)
      throws ModuleRefusedException, CompilerFailedException, IOException, InterruptedException {
    try (ScratchFolder scratch = ScratchFolder.make().evenWhenInterrupted()) {
      return ModuleReport.examine(
          module.file().toString(),
          wasm,
          ModuleRules.of(config.modules()),
          new ModuleReport.Circumstances(
              module.settings(), module.memoryLimit(config), config.runtime().wakeTimeout()),
          scratch.path());
    }
  }

  /** What to put into a pod, one for each target. */
  private List<String> push(RegistryPush.Content image) throws IOException, InterruptedException {
    List<String> references = new ArrayList<>();
    for (ImageName target : targets) {
      try {
        registries.push(target).push(target, image);
      } catch (IOException e) {
        throw new IOException("cannot push %s: %s".formatted(target, e.getMessage()), e);
      }
      references.add(target.fullRepository() + "@" + image.digest());
    }
    return references;
  }

  private void print(
      PrintWriter out, ModuleReport report, RegistryPush.Content image, List<String> references) {
    if (!json) {
      references.forEach(reference -> out.println("pushed " + reference));
      return;
    }
    JsonObject all = ReportJson.of(report);
    all.addProperty("artifactDigest", image.digest().value());
    var pushed = new JsonArray();
    references.forEach(pushed::add);
    all.add("pushed", pushed);
    out.println(all);
  }

  private CommandSpec commandSpec() {
    return Objects.requireNonNull(spec);
  }

  static final class PushTarget extends AgentCommand.Checked<ImageName> {
    @Override
    ImageName parse(String text) {
      ImageName name;
      try {
        name = ImageName.parse(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "'%s' is not REGISTRY/REPOSITORY[:TAG]: %s".formatted(text, e.getMessage()), e);
      }
      if (name.digest().isPresent()) {
        throw new IllegalArgumentException(
            "'%s' has a digest, which comes from what is pushed".formatted(text));
      }
      return name;
    }
  }
}
