package io.hiberlet.agent.packaging;

import io.hiberlet.agent.module.compiler.CompilerFailedException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.ModuleDescription;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a developer wants to know of a module.
 *
 * @param file as the developer calls it
 * @param bytes of the module
 * @param digest of the module
 */
public record ModuleReport(
    String file,
    long bytes,
    String digest,
    ModuleDescription description,
    CompileCost cost,
    TrialResult trial) {

  /**
   * How a module is tried.
   *
   * @param memoryLimitBytes of linear memory
   * @param wakeLimit of CPU time
   */
  public record Circumstances(GuestSettings settings, long memoryLimitBytes, Duration wakeLimit) {}

  /**
   * Compiles a module, looks at it and tries it. Blocks, for up to minutes.
   *
   * @param scratch a folder for what comes of it; the caller removes it
   * @throws ModuleRefusedException when no node would run it, in a node's words
   * @throws CompilerFailedException when something else went wrong
   */
  public static ModuleReport examine(
      String file, byte[] wasm, ModuleRules rules, Circumstances circumstances, Path scratch)
      throws ModuleRefusedException, CompilerFailedException, IOException, InterruptedException {
    LocalModule module = LocalModule.compile(wasm, scratch, rules.compiler(), rules.limits());
    ModuleDescription description = module.describe();
    TrialResult trial =
        description.isCommand()
            ? new TrialResult.NotTried()
            : new Trial(
                    module.load(),
                    module.digest().toString(),
                    circumstances.settings(),
                    circumstances.memoryLimitBytes(),
                    circumstances.wakeLimit())
                .run(scratch);
    return new ModuleReport(
        file, wasm.length, module.digest().toString(), description, module.cost(), trial);
  }
}
