package io.hiberlet.agent.module.compiler;

class InProcessCompilerTest extends ModuleCompilerContract {

  @Override
  ModuleCompiler compiler() {
    return new InProcessCompiler(LIMITS);
  }
}
