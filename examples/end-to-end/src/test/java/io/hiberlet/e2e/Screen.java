package io.hiberlet.e2e;

import java.io.IOException;
import java.io.Reader;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** What a program shows, as somebody sees it who sits before it. */
final class Screen {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final AtomicReference<String> shown = new AtomicReference<>("");

  Screen(Reader output) {
    Thread.ofVirtual().name("screen").start(() -> follow(output));
  }

  private void follow(Reader output) {
    char[] text = new char[1024];
    try (output) {
      for (int count = output.read(text); count >= 0; count = output.read(text)) {
        String more = new String(text, 0, count);
        shown.updateAndGet(before -> before + more);
      }
    } catch (IOException e) {
      shown.updateAndGet(before -> before + e);
    }
  }

  /** Waits until something is to be seen, anywhere; fails with all that is to be seen instead. */
  Matcher await(Pattern what) {
    return Awaitility.await(what.pattern())
        .atMost(PATIENCE)
        .until(() -> what.matcher(shown.get()), Matcher::find);
  }

  @Override
  public String toString() {
    return shown.get();
  }
}
