package io.hiberlet.agent.hostio;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Lines of watches, whatever a server sends. */
final class WatchLineFuzzTest {

  @FuzzTest
  void anyBytes(byte[] line) {
    try {
      WatchLine event = WatchLine.parse(line);
      assertFalse(event.isBookmark() && event.isError());
    } catch (IOException e) {
      // The watch is begun anew.
    }
  }
}
