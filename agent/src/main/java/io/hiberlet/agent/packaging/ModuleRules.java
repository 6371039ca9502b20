package io.hiberlet.agent.packaging;

import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.module.compiler.ChildProcessCompiler;
import io.hiberlet.agent.module.compiler.CompilerLimits;
import io.hiberlet.agent.module.compiler.ModuleCompiler;
import io.hiberlet.agent.runtime.ModuleLimits;

/**
 * By what a node takes modules, as its configuration says. Immutable.
 *
 * @param limits on what a module may declare
 * @param compilerLimits on what compiling it may take
 */
public record ModuleRules(ModuleLimits limits, CompilerLimits compilerLimits) {

  /** Those of a configuration. */
  public static ModuleRules of(AgentConfig.Modules config) {
    return new ModuleRules(
        ModuleLimits.DEFAULT.withModuleBytes(config.maxBytes()),
        CompilerLimits.forModulesOf(
            config.maxBytes(), config.compilerMemoryBytes(), config.compilerTimeout()));
  }

  /** What applies them. */
  public ModuleCompiler compiler() {
    return new ChildProcessCompiler(compilerLimits, limits);
  }
}
