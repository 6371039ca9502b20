package io.hiberlet.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is committed beside its sources is what the sources make. */
class CommittedExamplesTest {

  @Test
  void theRingManifestIsWhatItsScriptPrints() throws IOException, InterruptedException {
    Script.Outcome printed = Script.run(Duration.ofSeconds(30), "ring-operator/ring.sh", "3");
    String committed =
        Files.readString(Script.examples().resolve("ring-operator/manifest/ring.yaml"));
    assertEquals(committed, printed.output());
  }

  /** Needs a language's own toolchain; skipped, with the reason, elsewhere. */
  @Tag("long")
  abstract static class WithTheToolchain {
    static final Duration BUILD_LIMIT = Duration.ofMinutes(10);

    final String script;

    WithTheToolchain(String script) {
      this.script = script;
    }

    @BeforeEach
    void needToolchain() throws IOException, InterruptedException {
      Script.Outcome outcome = Script.run(Duration.ofSeconds(30), script, "--toolchain");
      assumeTrue(
          outcome.exitCode() != 2, () -> "Skipped, the guests are not built: " + outcome.output());
      assertEquals(0, outcome.exitCode(), outcome.output());
    }

    @Test
    void theUnitTestsOfTheGuestsPass() throws IOException, InterruptedException {
      Script.Outcome outcome = Script.run(BUILD_LIMIT, script, "--test");
      assertEquals(0, outcome.exitCode(), outcome.output());
    }
  }

  /** The compiler is the one that makes the same bytes. */
  abstract static class WithModules extends WithTheToolchain {
    WithModules(String script) {
      super(script);
    }

    @Test
    void theModulesAreWhatTheirSourcesBuild() throws IOException, InterruptedException {
      Script.Outcome outcome = Script.run(BUILD_LIMIT, script, "--check");
      assertEquals(0, outcome.exitCode(), outcome.output());
    }
  }

  @Nested
  class InRust extends WithModules {
    InRust() {
      super("build/rust.sh");
    }
  }

  @Nested
  class InC extends WithModules {
    InC() {
      super("build/c.sh");
    }
  }

  @Nested
  class InAssemblyScript extends WithModules {
    InAssemblyScript() {
      super("build/assemblyscript.sh");
    }
  }

  /** No module of Go is committed. */
  @Nested
  class InGo extends WithTheToolchain {
    InGo() {
      super("build/go.sh");
    }
  }
}
