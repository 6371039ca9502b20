package io.hiberlet.agent.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/**
 * The same in Go, whose module is too large to be committed: it is there once {@code
 * examples/build/go.sh} has built it. Compiling it takes a while.
 */
@Tag("long")
class GoConformanceGuestTest extends ConformanceGuestTest {
  @BeforeAll
  void needModule() throws IOException {
    assumeTrue(
        !languages().isEmpty(), "Skipped, no guest in Go has been built: examples/build/go.sh");
  }

  @Override
  List<String> languages() throws IOException {
    return ConformanceGuests.built();
  }
}
